"""``flywheel init NAME``: what a firm knows of itself becomes a company and a motion of its own, each number held against what was said."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from simulation.knowns.contradictions import contradictions
from simulation.knowns.firm import motion_of, reference
from simulation.knowns.known import QUESTIONS, currency_in, known
from simulation.runs.output import say, say_whole
from simulation.scenario import currency
from simulation.scenario.errors import BadInput, shown
from simulation.scenario.known import Known
from simulation.studies.screen import show

OPTIONS = ("known", "fresh", "currency")
NAME = re.compile(r"[^\W\d][\w-]*")

NOT_INFERRED = "how a motion would do that the firm has never run is not inferred from its own numbers: there the reference's values stand"


def init(arguments: Sequence[str], console: Any) -> None:
    """Write the firm's files and print what they hold; raises BadInput where the knowns cannot be used."""
    name, given, file, options = _parted(arguments)
    try:
        money = currency.code_of(options.get("currency", currency_in(file)))
    except ValueError as error:
        raise BadInput(str(error)) from None
    with currency.written_in(money):
        _init(name, given, file, console, fresh=options.get("fresh") == "true")


def _init(name: str, given: Sequence[str], file: str | None, console: Any, *, fresh: bool) -> None:
    from simulation.knowns.writer import check_targets

    check_targets(name, fresh=fresh)
    said, read_as = known(given, file)
    motion = motion_of(said)
    if wrong := list(contradictions(said, motion, reference())):
        raise BadInput("\n".join(wrong))
    wait = "looking for settings under which a simulated firm has these numbers: some half a minute of processor time, more in a large market"
    for line in (*read_as, *_unsaid(said), *_assumed(said, motion), wait):
        say(console, line)
    from simulation.knowns.solved import find, judge
    from simulation.knowns.writer import targets, write

    found = find(said, motion)
    judged = judge(said, found)
    write(name, said, found, judged)
    show(console, _table(judged))
    for line in (*_missed(judged, found), NOT_INFERRED):
        say(console, line)
    for line in _closing(name, targets(name)):
        say_whole(console, line)


def _parted(arguments: Sequence[str]) -> tuple[str, list[str], str | None, dict[str, str]]:
    """Return the firm's name, what is known, the file of knowns, and options: ``fresh`` overwrites files, ``currency`` is what money is in."""
    names = [a for a in arguments if "=" not in a]
    if len(names) != 1 or not NAME.fullmatch(names[0]):
        typed = f"{shown(' '.join(names))}: " if names else ""
        raise BadInput(
            f"init: {typed}one name is needed, of letters, digits, _ and -, as in flywheel init acme price_usd=49"
        )
    options = dict(a.split("=", 1) for a in arguments if a.partition("=")[0] in OPTIONS and "=" in a)
    if (fresh := options.get("fresh", "false")) not in ("true", "false"):
        raise BadInput(f"fresh={shown(fresh)}: true or false is needed")
    given = [a for a in arguments if "=" in a and a.partition("=")[0] not in OPTIONS]
    return names[0], given, options.get("known"), options


def _unsaid(said: Known) -> Iterator[str]:
    tree = said.model_dump(exclude_none=True)
    names = [name for name in QUESTIONS if name.partition(".")[0] not in (*tree, "like")]
    names = list(dict.fromkeys(name.partition(".")[0] for name in names))
    if "arr_usd" in tree:
        names.remove("arpa_usd")
    if names:
        yield f"not said, so as in the reference company: {', '.join(names)}"


def _assumed(said: Known, motion: Any) -> Iterator[str]:
    from simulation.knowns.carriers import assumed

    if said.sources is None:
        yield (
            f"where new customers came from is not said, and the knowns do not settle it: {assumed(said, motion).replace('_', ' ')} is held to bring "
            "what there are more or fewer than in the reference. Another source can turn round which motion is better: give sources, try carried_by=..., or look at study=uncertainty, which gives each its turn"
        )


def _table(judged: Sequence[Any]) -> Any:
    from functools import partial

    import numpy as np
    from rich.table import Table

    from simulation.studies.tables import shown_small

    table = Table(title="your company as said and as simulated, today", title_justify="left")
    for head in ("known", "said", "as simulated", "met", "one firm, by luck"):
        table.add_column(head, justify="left" if head == "known" else "right")
    for j in judged:
        cell = partial(shown_small, kind=j.row.kind)
        seen = j.values[np.isfinite(j.values)]
        luck = " to ".join(cell(float(v)) for v in np.quantile(seen, (0.05, 0.95))) if seen.size else "n/a"
        table.add_row(j.row.label, cell(j.row.said), cell(j.mean), "yes" if j.met else "no", luck)
    return table


def _missed(judged: Sequence[Any], found: Any) -> Iterator[str]:
    missed = [j for j in judged if not j.met]
    for j in missed:
        yield f"{j.row.label.strip()} is not met: {found.why(j.row)}"
    markets = judged[0].values.size
    rule = f"within 5 % or two standard errors of the mean over {markets} markets that the search had not seen, whichever is more"
    yield f"{len(judged) - len(missed)} of {len(judged)} knowns are met, {rule}"


def _closing(name: str, files: Sequence[Any]) -> Iterator[str]:
    yield f"written: {', '.join(map(str, files))}"
    yield f"next: flywheel company={name} motions=[{name},clg,plg,slg]"
