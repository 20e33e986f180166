"""Faults on request: what a network and a service do on a bad day, for tests and for teaching.

Each kind of fault is a small frozen dataclass; `antares_sandbox.Sandbox.fail` says where and how
often it happens.
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
