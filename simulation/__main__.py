"""``python -m simulation`` and ``flywheel``: the command line, quiet when Ctrl-C comes while it is being loaded."""

import os
import sys
from importlib.metadata import version


def main() -> int:
    """Run the command of this process; return the exit code."""
    try:
        if "--version" in sys.argv[1:]:
            print("flywheel-simulation", version("flywheel-simulation"))
            return 0
        if "_ARGCOMPLETE" in os.environ:  # a shell asks
            from simulation.completion import complete

            complete()
        from simulation.cli import main as command

        return command()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
