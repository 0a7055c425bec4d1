"""``python -m simulation`` is ``flywheel``."""

import sys

from simulation.cli import main

sys.exit(main())
