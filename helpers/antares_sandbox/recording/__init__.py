"""Recording loci of a service into a folder, and telling what has drifted since."""

from antares_sandbox.recording.compare import Comparison, compare_folder
from antares_sandbox.recording.differences import Drift
from antares_sandbox.recording.record import Recording, record_loci

__all__ = ["Comparison", "Drift", "Recording", "compare_folder", "record_loci"]
