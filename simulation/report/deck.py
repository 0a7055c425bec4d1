"""A story as slides: what stands on them and in which order."""

from simulation.report.slides import Slides
from simulation.report.story import Story

CURVES = ("cac", "retention", "customers", "arr", "cash")


def deck(story: Story, options: dict[str, str]) -> bytes:
    """Return the deck as a file's content; raises BadInput where a template cannot be used."""
    slides = Slides(options)
    manifest = "\n".join(f"{name}: {text}" for name, text in story.made.items())
    slides.first(story.title, story.verdict.sentences[0] if story.verdict.sentences else "", manifest)
    if story.verdict.sentences:
        slides.verdict(story, manifest)
    cost = story.chart("cac")
    slides.bars(cost.title, story, f"Medians over simulated markets, as in summary.csv.\n{manifest}")
    for name in CURVES:
        chart = story.chart(name)
        slides.curves(chart.at_end, chart, story, manifest)
    slides.mix(story, manifest)
    slides.text(
        "What this cannot say is as much part of it as what it says", list(story.cannot), f"{story.foot}\n{manifest}"
    )
    return slides.done(story.title)
