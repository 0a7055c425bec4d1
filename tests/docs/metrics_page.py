"""The table of docs/metrics.md, from the rows above the metrics: ``python -m tests.docs.metrics_page`` writes it."""

from pathlib import Path

from simulation.metrics import METRICS

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
HEAD = "| metric | definition | unit | better | concept | reference |"


def with_table(page: str) -> str:
    """Return the page with the table that the rows give."""
    before, _, rest = page.partition(HEAD)
    after = rest.partition("\n\n")[2]
    lines = [
        f"| `{m.name}` | {m.definition} | {m.unit or m.kind} | {m.better.name.lower()} | {m.concepts} | {m.reference} |"
        for m in METRICS.values()
    ]
    return "\n".join([before + HEAD, "|---" * 6 + "|", *lines]) + "\n\n" + after


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
