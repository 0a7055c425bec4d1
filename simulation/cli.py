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
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from simulation.people.start import check_files
    from simulation.studies import compare
    from simulation.studies.store import Store
    from simulation.studies.tables import difference_table, summary_table

    console = Console(width=None if sys.stdout.isatty() else 110)
    command = shlex.join(["flywheel", *arguments])
    for note in check_files(config.market):
        console.print(note)
    folder = Path(config.out) if config.out else default_out(config)
    store = Store(folder)
    store.open(config.model_dump(mode="json"), ["flywheel", *arguments], config.fresh)
    _write_config(folder, config)
    total, done, failed = len(config.motions) * config.seeds, 0, []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("runs", total=total)

            def progress(n: int) -> None:
                nonlocal done
                done += n
                bar.update(task, completed=done)

            for chunk in compare.execute(config, store, progress):
                failed += [o for o in chunk if o.error]
    except KeyboardInterrupt:
        kept = len(store.finished())
        print(f"interrupted: {kept} of {total} runs are kept in {folder}; to resume: {command}", file=sys.stderr)
        return 130
    found = compare.read_metrics(config, store)
    summary, gaps = compare.summarise(found), compare.differences(found)
    compare.write_lines(folder / "summary.csv", summary)
    if gaps:
        compare.write_lines(folder / "differences.csv", gaps)
    console.print(summary_table(config, summary))
    if gaps:
        console.print(difference_table(gaps))
    from simulation.figures import draw_comparison

    draw_comparison(config, store, folder / "figures")
    console.print(f"results: {folder}")
    for outcome in failed[:3]:
        print(
            f"run {outcome.task.run_id} ({outcome.task.motion}, seed {outcome.task.seed}): {outcome.error}",
            file=sys.stderr,
        )
    if failed:
        print(f"{len(failed)} of {total} runs failed; they are listed in {folder}/failures-*.parquet", file=sys.stderr)
    return 1 if failed else 0


def _write_config(folder: Path, config) -> None:
    import yaml

    (folder / "config.yaml").write_text(yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False))
