"""The routes of API v2."""
