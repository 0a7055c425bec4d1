"""A brand's colours and the dark theme reach what is handed over, also where the style file is gone."""

import io
import re
import zipfile

import pytest

from simulation.cli import main
from simulation.report.deck import deck
from simulation.report.page import page
from simulation.report.story import tell
from simulation.report.workbook import workbook
from tests.report import made
from tests.studies.small import SMALL

BRAND = {"plg": "7b1fa2", "clg": "00897b"}  # in the order of the command


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Return the story of a dark comparison in a brand's colours, whose style file was removed since."""
    place = tmp_path_factory.mktemp("brand")
    style = place / "brand.mplstyle"
    style.write_text(
        f"axes.prop_cycle: cycler('color', {list(BRAND.values())})\nfont.family: DejaVu Serif\naxes.facecolor: 20242b\n",
        encoding="utf-8-sig",
    )
    look = [f"figures.style={style}", "figures.theme=dark"]
    assert main([*SMALL, "motions=[plg,clg]", "seeds=2", *look, f"out={place / 'run'}"]) == 0
    style.unlink()
    return tell(place / "run")


def text_of(content: bytes, within: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if re.fullmatch(within, name)).lower()


def test_motions_have_the_brands_colours_in_page_deck_and_workbook(story):
    assert story.colours == story.on_theme == {m: f"#{tint}" for m, tint in BRAND.items()}
    html = page(story)
    charts = text_of(deck(story, {}), r"ppt/charts/chart\d+\.xml"), text_of(workbook(story), r"xl/charts/chart\d+\.xml")
    for k, tint in enumerate(BRAND.values()):
        assert f"--m-{k}:#{tint};" in html
        assert all(f'<a:srgbclr val="{tint}"' in chart for chart in charts)


def test_a_dark_page_is_dark_on_every_screen_and_light_on_paper(story):
    html, light = page(story), page(made.story())
    assert html.count("@media screen") == light.count("@media (prefers-color-scheme:dark)") == 2
    assert "prefers-color-scheme" not in html and "color-scheme:dark;" in html and "color-scheme:light dark;" in light
    assert "@media print{\n:root{--paper:#fff" in html


def test_a_dark_deck_changes_paper_and_ink_of_its_own_slides_and_of_no_template(story, tmp_path):
    from pptx import Presentation

    dark, light = deck(story, {}), deck(made.story(), {})
    for content, paper, tint in ((dark, "dk1", "16181b"), (light, "lt1", None)):
        master = text_of(content, r"ppt/slideMasters/slideMaster1\.xml")
        assert f'bg1="{paper}"' in master and (tint is None or f'<a:srgbclr val="{tint}"' in master)
    assert "eeeeee" in text_of(dark, r"ppt/charts/chart\d+\.xml")
    own = tmp_path / "corporate.pptx"
    Presentation().save(str(own))
    on_template = deck(story, {"deck.template": str(own)})
    assert 'bg1="lt1"' in text_of(on_template, r"ppt/slideMasters/slideMaster1\.xml")
    assert "eeeeee" not in text_of(on_template, r"ppt/charts/chart\d+\.xml")


def test_colours_of_ours_are_those_of_the_themes_paper():
    from simulation.figures.look import TINTS, Look
    from simulation.report.story import _colours

    assert made.story().on_theme == made.story().colours
    for k, theme in enumerate(("light", "dark")):
        assert _colours(Look(theme, {}), ["clg"]) == {"clg": TINTS["blue"][k].lower()}


def test_charts_of_the_workbook_stand_on_the_styles_paper_in_its_font_and_ink(story):
    dark, light = (text_of(workbook(of), r"xl/charts/chart\d+\.xml") for of in (story, made.story()))
    charts = dark.count("<c:chartspace")
    assert charts == 3 + len(BRAND)
    assert (
        dark.count('<a:srgbclr val="16181b"') == charts == dark.count('<a:srgbclr val="20242b"')
    )  # of the theme, of the style
    assert dark.count('typeface="dejavu serif"') >= 4 * charts and dark.count('<a:srgbclr val="eeeeee"') >= 6 * charts
    assert story.paper.font == "DejaVu Serif" and not made.story().paper.font
    assert "typeface" not in light and 'val="222222"' in light and 'val="16181b"' not in light


@pytest.mark.parametrize(
    ("named", "font"),
    [
        ({}, ""),
        ({"font.family": ["serif"]}, ""),
        ({"font.family": ["serif"], "font.serif": ["DejaVu Serif"]}, "DejaVu Serif"),
        ({"font.sans-serif": ["DejaVu Sans Mono"]}, "DejaVu Sans Mono"),
        ({"font.family": ["DejaVu Serif", "sans-serif"]}, "DejaVu Serif"),
    ],
)
def test_a_font_is_the_first_that_a_style_names_itself_or_by_its_family(named, font):
    from simulation.figures.look import Look
    from simulation.report.story import _paper

    assert _paper(Look("light", named)).font == font
