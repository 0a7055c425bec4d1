"""Which rows were looked at when the shipped numbers were searched: they show that the model can, not that it foretells."""

import csv
from pathlib import Path
from typing import NamedTuple


class Fitted(NamedTuple):
    """A row of ``targets.csv`` and the settings that were set with it in view.

    ``how``: ``marked`` where a number of ``scenarios/`` bears the row's name, ``searched`` where it was among the rows that a search
    counted, though no number bears its name, ``not said`` where the row came with the process that it is about and history does not
    say whether it was looked at.
    """

    settings: tuple[str, ...]
    how: str


def fitted() -> dict[str, Fitted]:
    """Return the rows that were fitted, as ``fitted.csv`` records them; a row that no search looked at is not among them."""
    with (Path(__file__).parent / "fitted.csv").open(newline="", encoding="utf-8") as lines:
        return {row["id"]: Fitted(tuple(row["settings"].split()), row["how"]) for row in csv.DictReader(lines)}
