"""The command line: compose -> frozen scenario -> study -> results folder.

Exit codes: 0 done, 1 some runs failed, 2 the input cannot be used, 130 interrupted (what is finished is kept).
"""

import os
import re
import shlex
import sys
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from simulation.runs.output import heard, say, say_whole
from simulation.scenario.arguments import WORDS, readable
from simulation.scenario.compose import Composed, compose, composed, variants
from simulation.scenario.contents import FILES
from simulation.scenario.csv_table import check_readable
from simulation.scenario.currency import written_in
from simulation.scenario.errors import BadInput, ClusterLost, NothingRan, NotKept
from simulation.scenario.figures import Figures
from simulation.scenario.files import about, options
from simulation.scenario.schema import Config
from simulation.scenario.settings import unit
from simulation.scenario.warnings import notes

INTERRUPTED = 130
READ_APART = ("study.data", "study.forum", "figures.style")  # what is wrong with them is said by who reads them
HANDED_OVER = WORDS[2:]  # made from a results folder
COLUMNS = 80  # of tables, where neither a terminal nor COLUMNS says how many there are

HELP = """flywheel: compare community-led, product-led and sales-led growth

  flywheel                                    the reference comparison: 3 motions, 20 seeds, 3 years
  flywheel company=notion                     a company that you may recognise; a company of your own is one file
  flywheel study=uncertainty                  how sure: over everything that nobody has measured
  flywheel study=shocks                       what a budget cut, a rival, criticism and points do
  flywheel study=regimes                      where each motion wins
  flywheel weeks=260 seeds=50 jobs=2          longer, more seeds, two processes
  flywheel product.price_usd=30 motions=[clg,plg,slg,hybrid]
  flywheel switches.peer_help=false           without one mechanism
  flywheel company=bare motions=[bare]        word of mouth alone, without any spending
  flywheel --multirun product.price_usd=20,40 a command for each value
  flywheel init acme price_usd=49 ...         a company of your own from what a firm knows of itself; alone it asks
  flywheel report results/my-run              one page to open, print or mail, of a comparison's results
  flywheel report results/a results/b         two scenarios side by side
  flywheel deck results/my-run                slides; deck.template=corporate.pptx for your own
  flywheel workbook results/my-run            the same for Excel, with formulas
  flywheel settings churn company=notion      every setting with this word: value, unit, where it is set, prior, source
  flywheel --cfg job company=notion           the whole scenario as YAML
  flywheel --version                          the version of this program

A value out of bounds is answered with its unit and what is allowed. The settings most often changed, as they stand:
"""
SETTINGS = (
    "market.accounts",
    "market.people",
    "market.topics",
    "market.segments.smaller.search_demand_per_week",
    "budget.usd_per_account_per_week",
    "product.price_usd",
    "product.complexity",
    "product.gross_margin",
    "behaviour.adoption.friction",
    "weeks",
    "seeds",
    "rows",
    "jobs",
)
GROUPS = {
    "study": "which question is asked",
    "company": "what is sold, at which price, to whom",
    "motions": "how the money is spent, as a list: motions=[clg,plg]",
    "market": "who could buy, and whom they know",
    "platform": "where the community lives",
    "season": "how demand differs by month",
    "rival": "who else offers it",
    "loyalty": "what is given back to those who stay",
    "shock": "what happens on the way",
}


def help_text() -> str:
    """Return the help with the settings most often changed and the scenario files there are, in their own words."""
    tree = compose().model_dump()
    lines = [HELP]
    for path in SETTINGS:
        value = reduce(getitem, path.split("."), tree)
        lines.append(f"  {path}={'null' if value is None else value:<{60 - len(path)}} {unit(Config, path)}")
    lines.append("")
    for group, what in GROUPS.items():
        lines.append(f"{group}: {what}")
        lines += [f"  {option:<22} {about(group, option)}" for option in options(group)]
    return "\n".join(lines)


def _asked(arguments: list[str]) -> str | None:
    """Return what is asked about a command instead of running it, None where nothing is."""
    if arguments[:1] == ["settings"]:
        from simulation.scenario.listing import settings_page

        return settings_page(*arguments[1:])
    apart = [part for a in arguments for part in (a.split("=") if a.startswith(("--cfg=", "-c=")) else [a])]
    if (flag := next((a for a in apart if a in ("--cfg", "-c")), None)) is None:
        return None
    k = apart.index(flag)
    if apart[k + 1 : k + 2] != ["job"]:
        raise BadInput("--cfg: write --cfg job, it prints the scenario as YAML")
    import yaml

    tree = compose(*apart[:k], *apart[k + 2 :]).model_dump(mode="json")
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True).rstrip()


def default_out(config) -> Path:
    """Return results/<study>-<hash of the plan>."""
    from simulation.runs.manifest import plan_hash

    return Path("results") / f"{config.study.name}-{plan_hash(config.model_dump(mode='json'))}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    with heard():
        try:
            return _command(arguments)
        except (BadInput, NotKept) as error:
            print(error, file=sys.stderr)
            return 2 if isinstance(error, BadInput) else 1


def _command(arguments: list[str]) -> int:
    try:
        Path.cwd()
    except FileNotFoundError:
        raise BadInput("the working folder was removed meanwhile; change to another one") from None
    if {"-h", "--help", "help"} & set(arguments):
        print(help_text())
        return 0
    if {"-m", "--multirun"} & set(arguments):
        return _multirun([a for a in arguments if a not in ("-m", "--multirun")])
    if arguments and arguments[0] in HANDED_OVER:
        return _hand_over(*arguments)
    if arguments[:1] == ["init"]:
        from simulation.knowns.command import init

        init(arguments[1:], _console())
        return 0
    if (answer := _asked(arguments)) is not None:
        print(answer)
        return 0
    return _study(composed(*arguments), arguments)


def _hand_over(what: str, *arguments: str) -> int:
    """Make a report, deck or workbook from a results folder."""
    from simulation.report.command import hand_over

    print(hand_over(what, arguments))
    return 0


def _multirun(arguments: list[str]) -> int:
    """Run the command once for each combination of values; all are checked before the first runs."""
    commands = variants(*arguments)
    if len(commands) > 1 and any(a.startswith("out=") for a in readable(arguments, several=True)):
        raise BadInput("--multirun: leave out= away, each variant has a folder of its own")
    configs = [composed(*command) for command in commands]
    worst = 0
    for command, config in zip(commands, configs, strict=True):
        print(shlex.join(["flywheel", *command]))
        worst = max(worst, _study(config, list(command)))
        if worst == INTERRUPTED:
            break
    return worst


def _check_paths(config: Config) -> None:
    """Raise BadInput where a file that a setting names is not there, or where results cannot go."""
    for path in FILES:
        value: Any = config
        for name in path.split("."):
            value = getattr(value, name, None)
        if value and path not in READ_APART:
            check_readable(Path(value), f"{path}={value}", folder=path == "study.posterior")
    if config.out is not None and not config.out.strip():
        raise BadInput("out=: name a folder, or leave it away")
    if config.out and os.sep == "/" and re.match(r"[A-Za-z]:[\\/]|\\\\", config.out):
        raise BadInput(
            f"out={config.out}: this is how Windows writes a folder; here it is written with /, as in out=my/results"
        )


def _console() -> Any:
    """Return where tables are printed, as wide as the terminal or COLUMNS says."""
    from rich.console import Console

    seen = sys.stdout.isatty()  # a notebook is no terminal, whatever its kernel says
    told = seen or re.fullmatch("[1-9][0-9]*", os.environ.get("COLUMNS", ""))
    return Console(width=None if told else COLUMNS, force_terminal=seen, force_jupyter=False)


def _study(asked: Composed, arguments: list[str]) -> int:
    """Run a command's study, with money in its currency."""
    with written_in(asked.config.currency):
        return _run(asked, arguments)


def _run(asked: Composed, arguments: list[str]) -> int:
    """Run a command's study; what can be wrong with it is said before anything that takes long to load is loaded."""
    from importlib import import_module

    from simulation.runs.store import FAILURES, Store

    config = asked.config
    _check_paths(config)
    console = _console()
    command = ["flywheel", *arguments]
    found_past: list[str] = []
    if config.history and config.history.customers:
        from simulation.runs.pilot import with_weeks

        config, *found_past = with_weeks(config, config.history)
    for note in [*asked.read, *found_past, *notes(config)]:
        say(console, note)
    folder = Path(config.out) if config.out else default_out(config)
    look = _look(config, console)
    store = Store(folder)
    store.open(config.model_dump(mode="json"), command, config.fresh)
    session: Any = None  # it takes long to load
    try:
        from simulation.people.populate import check_files
        from simulation.runs.session import Session

        for note in check_files(config.market):
            say(console, note)
        session = Session(config, store, console, readable(arguments))
        with session:
            found = import_module(f"simulation.studies.{config.study.name}").answer(session, config.study)
        with session.engine.interrupts as interrupts:
            _draw(session, found, look)
            interrupts.check()
            store.finish()
    except NothingRan:
        pass  # said below, run by run
    except (KeyboardInterrupt, ClusterLost, NotKept) as error:
        asked_to = isinstance(error, KeyboardInterrupt)
        if session is None:
            store.undo()
            raise
        kept = f"{session.kept} of {session.total} runs are kept in {folder}"
        print(f"{'interrupted' if asked_to else error}: {kept}; to resume: {shlex.join(command)}", file=sys.stderr)
        return INTERRUPTED if asked_to else 1
    except BadInput:
        store.undo()  # a command that cannot run leaves nothing behind and takes nothing away
        raise
    finally:
        store.close()
    say_whole(console, f"results: {folder}")
    for outcome in session.failed[:3]:
        task, (what, *_) = outcome.task, (outcome.error or "").splitlines()  # all of it stands in failures.parquet
        print(f"run {task.run_id} ({task.motion}, seed {task.seed}): {what}", file=sys.stderr)
    if session.failed:
        n = len(session.failed)
        print(f"{n} of {session.total} runs failed; they are listed in {store.place / FAILURES}", file=sys.stderr)
    return 1 if session.failed else 0


def _look(config: Config, console: Any) -> Any:
    """Return how figures are to look, after saying what of a style file is not taken; None where nobody asks for a look."""
    if config.figures == Figures():
        return None
    from simulation.figures.look import look_of  # half a second

    look, left_out = look_of(config.figures, [*config.motions])
    for note in left_out:
        say(console, note)
    return look


def _draw(session, found, look) -> None:
    """Draw the figures of a study in a look; Ctrl-C ends between two: drawing calls back into Python from where no error may come."""
    from importlib import import_module

    from simulation.figures.look import (  # not before a command can still be refused: half a second
        LIGHT,
        STYLE,
        drawn_in,
    )
    from simulation.figures.style import save

    figures, titles = import_module(f"simulation.figures.{session.config.study.name}"), []
    if style := session.config.figures.style:  # for what is handed over later, perhaps elsewhere
        session.store.text(STYLE, Path(style).read_text(encoding="utf-8-sig"))
    with drawn_in(look or LIGHT):
        for name, (figure, text) in figures.draw_all(session, found):
            session.engine.interrupts.check()
            save(figure, session.store, name, text)
            titles.append(" ".join(figure.get_suptitle().split()))
    if titles and not session.judged:  # what figures say is the verdict of a study that has no other
        session.verdict(titles)
