"""What manifest.json says besides the files: the command, all that decides its results, and what was read for them."""

import hashlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from simulation.scenario.errors import BadInput
from simulation.scenario.files import OWN
from simulation.sources import RULES, SOURCES_HASH

STUDY_FILES = ("posterior", "data", "edges", "adoptions", "cohorts", "forum")  # settings of studies that name files
RUNNING_ONLY = ("seeds", "jobs", "out", "cluster", "fresh", "figures")  # these do not decide what a run's result is
PACKAGES = ("mesa", "numpy", "numba", "scipy", "hydra-core", "pydantic", "distributed", "pyarrow", "duckdb")


def plan_of(config: dict[str, Any]) -> dict[str, Any]:
    """Return the settings that make a plan: all but how it is run."""
    return {k: v for k, v in config.items() if k not in RUNNING_ONLY}


def plan_hash(config: dict[str, Any], more: str = "") -> str:
    """Return 8 hex digits of a plan."""
    text = json.dumps(plan_of(config), sort_keys=True) + more
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def first_difference(old: Any, new: Any, path: str = "") -> str | None:
    """Return a sentence naming the first setting in which two plans differ, or None."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            where = f"{path}.{key}" if path else key
            if key not in old or key not in new:
                return f"{where} is only in the {'new' if key in new else 'old'} one"
            if found := first_difference(old[key], new[key], where):
                return found
        return None
    return None if old == new else f"{path} was {old}, now {new}"


def git_commit() -> str | None:
    """Return the commit of the source this runs from, None outside a checkout."""
    try:
        done = subprocess.run(
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def files_read(config: dict[str, Any]) -> list[Path]:
    """Return every file that a command names and can read; of a folder's files each."""
    net, study = config["market"]["network"], config["study"]
    named = [
        net["file"],
        net["traits_file"],
        config.get("figures", {}).get("style"),
        *(study.get(name) for name in STUDY_FILES),
    ]
    given = [Path(name) for name in named if name]
    files = [file for path in given for file in (sorted(path.glob("*.csv")) if path.is_dir() else [path])]
    return [file for file in files if os.access(file, os.R_OK) and file.is_file()]


def is_input(path: Path, config: dict[str, Any]) -> bool:
    """Return whether a file is one of those that a command reads: one it names, or a scenario of the user's own."""
    path = path.resolve()
    return path.is_relative_to(OWN.resolve()) or path in [file.resolve() for file in files_read(config)]


def described(config: dict[str, Any], command: list[str]) -> dict[str, Any]:
    """Return what manifest.json says of a command."""
    return {
        "command": command,
        "config": config,
        "rules": RULES,
        "sources": SOURCES_HASH,
        "data": {file.as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files_read(config)},
        "git_commit": git_commit(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def check_plan(old: dict[str, Any], config: dict[str, Any], out: Path) -> None:
    """Raise BadInput where the folder ``out`` was made by another plan or other rules; say where the sources are others."""
    if found := first_difference(plan_of(old["config"]), plan_of(config)):
        raise BadInput(f"out={out}: the folder holds another plan: {found}; choose another folder or add fresh=true")
    if old["rules"] != RULES:
        raise BadInput(
            f"out={out}: the runs in the folder come from another version of the rules; "
            "choose another folder or add fresh=true"
        )
    if old["sources"] != SOURCES_HASH:
        print(
            f"out={out}: the code has changed since, not the number of its rules ({RULES}): runs that are there are kept; "
            "if you changed a rule, add fresh=true",
            file=sys.stderr,
        )
