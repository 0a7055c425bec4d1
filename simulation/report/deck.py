"""A story as slides: what stands on them and in which order."""

from simulation.report.past import title
from simulation.report.slides import Slides
from simulation.report.story import Story

CURVES = ("path", "cac", "retention", "customers", "arr", "cash")


def deck(story: Story, options: dict[str, str]) -> bytes:
    """Return the deck as a file's content; raises BadInput where a template cannot be used."""
    slides = Slides(options, dark=story.dark)
    manifest = "\n".join(f"{name}: {text}" for name, text in story.made.items())
    slides.first(story.title, story.past.headline if story.past else next(iter(story.verdict.sentences), ""), manifest)
    if story.past:
        slides.table(story.past.headline, story.past.heads, story.past.money, story.past.sentences[1:], manifest)
        parts = [(part.label, part.cells) for part in story.past.parts]
        slides.table(
            title(story.past, story.motions),
            [story.names[m] for m in story.motions],
            parts,
            [story.past.stay],
            manifest,
        )
    slides.verdict(story, manifest)
    cost = story.chart("cac")
    slides.bars(cost.title, story, f"Medians over simulated markets, as in data/summary.csv.\n{manifest}")
    for chart in (chart for name in CURVES for chart in story.charts if chart.name == name):
        slides.curves(chart.at_end, chart, story, manifest)
    slides.bridges(story, manifest)
    slides.mix(story, manifest)
    slides.text(
        "What this cannot say is as much part of it as what it says", list(story.cannot), f"{story.foot}\n{manifest}"
    )
    return slides.done(story.title)
