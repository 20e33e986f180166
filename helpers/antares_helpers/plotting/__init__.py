"""Draw what was fetched and extracted; nothing here asks the service."""
