"""``python -m antares_helpers`` is the command ``antares-helpers``."""

import sys
from importlib.util import find_spec

__all__: list[str] = []

if __name__ == "__main__":
    if find_spec("click") is None:
        # It comes with antares-client. Without it no command can run; this says what is missing.
        from antares_helpers.diagnostics.environment import check_environment

        print(check_environment(network=False))
        sys.exit(1)
    from antares_helpers.cli import main

    sys.exit(main())
