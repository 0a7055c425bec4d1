"""The command line: compose -> frozen scenario -> study -> results folder.

Exit codes: 0 done, 1 some runs failed, 2 the input cannot be used, 130 interrupted (what is finished is kept).
"""

import hashlib
import json
import shlex
import sys
from pathlib import Path

from simulation.scenario.compose import compose, groups, options
from simulation.scenario.errors import BadInput

HELP = """flywheel: compare community-led, product-led and sales-led growth

  flywheel                                    the reference comparison: 3 motions, 20 seeds, 3 years
  flywheel weeks=260 seeds=50 jobs=2          longer, more seeds, two processes
  flywheel company=reference product.price_usd=30 motions=[clg,plg,slg,hybrid]
  flywheel market=from_file market.network.file=edges.csv
  flywheel switches.peer_help=false           without one mechanism

Every setting is written group.name=value; simulation/scenario/ says its unit and bounds.
Groups and their choices:
"""


def help_text() -> str:
    """Return the help with the scenario files there are."""
    lines = [f"  {group:<10} {', '.join(options(group))}" for group in groups()]
    return HELP + "\n".join(lines)


def default_out(config) -> Path:
    """Return results/<study>-<hash of the plan>."""
    from simulation.studies.store import plan_of

    text = json.dumps(plan_of(config.model_dump(mode="json")), sort_keys=True)
    return Path("results") / f"{config.study.name}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if {"-h", "--help", "help"} & set(arguments):
        print(help_text())
        return 0
    try:
        config = compose(*arguments)
        return _study(config, arguments)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2


def _study(config, arguments: list[str]) -> int:
    from importlib import import_module

    from rich.console import Console

    from simulation.figures.style import save
    from simulation.people.start import check_files
    from simulation.studies.session import Session
    from simulation.studies.store import Store

    console = Console(width=None if sys.stdout.isatty() else 110)
    command = ["flywheel", *arguments]
    for note in check_files(config.market):
        console.print(note)
    folder = Path(config.out) if config.out else default_out(config)
    store = Store(folder)
    store.open(config.model_dump(mode="json"), command, config.fresh)
    study = import_module(f"simulation.studies.{config.study.name}")
    session = Session(config, store, console)
    try:
        with session:
            found = study.answer(session, config.study)
        figures = import_module(f"simulation.figures.{config.study.name}")
        for name, (figure, text) in figures.draw_all(session, found):
            save(figure, folder / "figures" / name, text)
    except KeyboardInterrupt:
        kept = len(store.finished())
        print(
            f"interrupted: {kept} of {session.total} runs are kept in {folder}; to resume: {shlex.join(command)}",
            file=sys.stderr,
        )
        return 130
    finally:
        store.close()
    console.print(f"results: {folder}")
    for outcome in session.failed[:3]:
        task = outcome.task
        print(f"run {task.run_id} ({task.motion}, seed {task.seed}): {outcome.error}", file=sys.stderr)
    if session.failed:
        n = len(session.failed)
        print(f"{n} of {session.total} runs failed; they are listed in {folder}/failures.parquet", file=sys.stderr)
    return 1 if session.failed else 0
