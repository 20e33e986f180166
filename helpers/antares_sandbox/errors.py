"""The error of the sandbox."""

__all__ = ["SandboxError"]


class SandboxError(Exception):
    """The sandbox can't start or continue; the message says what to do."""
