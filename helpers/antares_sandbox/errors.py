"""The errors of the sandbox.

SandboxError
 +-- LocusFileError (also a ValueError)
"""

__all__ = ["LocusFileError", "SandboxError"]


class SandboxError(Exception):
    """The sandbox can't start or can't go on; the message says what to do."""


class LocusFileError(SandboxError, ValueError):
    """A file is not a locus file, or is damaged."""
