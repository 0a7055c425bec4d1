"""Which rules decide a run's result: their number, and hashes of the project's own sources."""

import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent
RULES = 16  # raised whenever bytes of results change: tests/agreement/digests.json holds those of each number
COMPILED = (
    "calendar.py",
    "scenario/firm.py",  # places of levers, tasks, kinds of content
    "scenario/records.py",
    "people/*.py",
    "flywheel/*.py",
    "firm/*.py",
    "record.py",
    "model.py",
)
DECIDING = (
    *COMPILED,
    "metrics/*.py",
    "scenario/*.py",
    "runs/run.py",
    "*.py",
)  # a run's results hang on it
SPEAKING = (
    "cli.py",
    "__main__.py",
    "people/matching.py",
    "scenario/errors.py",
    "scenario/warnings.py",
    "scenario/wording.py",
)  # decide nothing


def hash_of(patterns: tuple[str, ...]) -> str:
    """Return 16 hex digits of the sources that match."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in PACKAGE.glob(pattern)):
        name = path.relative_to(PACKAGE).as_posix()
        if name not in SPEAKING:
            digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


SOURCES_HASH = hash_of(DECIDING)
