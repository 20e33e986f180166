"""``python -m antares_helpers`` is the command ``antares-helpers``."""

import sys

__all__: list[str] = []

if __name__ == "__main__":
    try:
        from antares_helpers.cli import main
    except ImportError:
        # Without click, which comes with antares-client, no command runs; this says what is wrong.
        from antares_helpers.diagnostics.environment import check_environment

        print(check_environment(network=False))
        sys.exit(1)
    sys.exit(main())
