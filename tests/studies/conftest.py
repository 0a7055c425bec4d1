"""Every table that a study of these tests prints fits a screen of 80 columns."""

import pytest
from rich.console import Console
from rich.table import Table

from tests.studies.fits import COLUMNS, broken, lines


@pytest.fixture(autouse=True)
def _tables_fit(monkeypatch):
    """Hold every table, as it is printed, against 80 columns, with every word and value whole."""
    whole = Console.print

    def held(self, *objects, **how):
        for table in objects:
            if isinstance(table, Table):
                assert not broken(table), table.title
                assert max(map(len, lines(table, COLUMNS))) <= COLUMNS
        whole(self, *objects, **how)

    monkeypatch.setattr(Console, "print", held)
