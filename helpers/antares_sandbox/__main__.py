"""``python -m antares_sandbox``; see `antares_sandbox.cli`."""

from antares_sandbox.cli import main

if __name__ == "__main__":
    main()
