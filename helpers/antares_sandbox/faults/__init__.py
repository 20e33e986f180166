"""Faults of a network and a service, to inject into a sandbox for tests and teaching.

Each kind of fault is a small frozen dataclass; `antares_sandbox.Sandbox.inject_fault` says which
requests it affects, and how often.
"""

from antares_sandbox.faults.kinds import (
    Cut,
    Delay,
    Drop,
    Fault,
    Hang,
    Missing,
    Null,
    RepeatLocus,
    Sometimes,
    Status,
)
from antares_sandbox.faults.plan import FaultPlan, LoggedRequest

__all__ = [
    "Cut",
    "Delay",
    "Drop",
    "Fault",
    "FaultPlan",
    "Hang",
    "LoggedRequest",
    "Missing",
    "Null",
    "RepeatLocus",
    "Sometimes",
    "Status",
]
