"""``flywheel report RESULTS``: what is handed over is made from a results folder and put into it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from simulation.report.folder import opened
from simulation.report.story import Story, tell
from simulation.runs.store import Store
from simulation.scenario.currency import USD, written_in
from simulation.scenario.errors import BadInput, nearest

Made = Callable[[Story, dict[str, str]], bytes]


def _page(story: Story, _options: dict[str, str]) -> bytes:
    from simulation.report.page import page

    return page(story).encode()


def _workbook(story: Story, _options: dict[str, str]) -> bytes:
    from simulation.report.workbook import workbook

    return workbook(story)


def _deck(story: Story, options: dict[str, str]) -> bytes:
    from simulation.report.deck import deck

    return deck(story, options)


class Kind(NamedTuple):
    """What can be made: the file's name, who makes it, and what may be said of it."""

    file: str
    make: Made
    options: tuple[str, ...] = ()


OPTIONS = ("deck.template", "deck.title_layout", "deck.chart_layout")
KINDS = {
    "report": Kind("report.html", _page),
    "workbook": Kind("workbook.xlsx", _workbook),
    "deck": Kind("deck.pptx", _deck, OPTIONS),
}


def hand_over(what: str, arguments: Sequence[str]) -> str:
    """Make it and return a sentence on where it is; raises BadInput where a folder or an option cannot be used."""
    kind = KINDS[what]
    options, folders = {}, []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if equals and not Path(argument).exists():
            if name not in kind.options:
                known = (
                    f"there are {', '.join(kind.options)}{nearest(name, kind.options)}"
                    if kind.options
                    else f"{what} has none"
                )
                raise BadInput(f"{argument}: there is no such option, {known}")
            options[name] = value
        elif argument.startswith("-"):
            raise BadInput(f"{argument}: there is no such option; write flywheel {what} results/my-run")
        else:
            folders.append(Path(argument))
    if not folders:
        raise BadInput(f"{what}: name a folder of results, as in flywheel {what} results/my-run")
    if what == "report" and len(folders) == 2:
        return _side_by_side(*folders)
    if len(folders) > 1:
        most = "two folders of results at most" if what == "report" else "one folder of results at a time"
        raise BadInput(f"{what}: {most}; {', '.join(map(str, folders))} are given")
    with written_in(opened(folders[0]).config.get("currency", USD)):
        made = kind.make(tell(folders[0]), options)
    with Store(folders[0]).adding() as store:
        store.put({kind.file: lambda file: file.write(made)})
    return f"{what}: {folders[0] / kind.file}"


def _side_by_side(first: Path, second: Path) -> str:
    """Put a page on two folders into the second."""
    from simulation.report.side_by_side import FILE, page, pair

    with written_in(opened(second).config.get("currency", USD)):
        made = page(pair(first, second)).encode()
    with Store(second).adding() as store:
        store.put({FILE: lambda file: file.write(made)})
    return f"report: {second / FILE}"
