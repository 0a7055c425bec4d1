"""The look of figures: a theme, a user's style file over it, letters that a slide can show."""

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulation.cli import main
from simulation.figures import look, rivals, style
from simulation.scenario.compose import compose
from simulation.scenario.figures import Figures
from tests.figures.test_rivals import data

BRAND = """# a brand
figure.facecolor: "#FFF8F0"
axes.prop_cycle: cycler('color', ['#7A1FA2', '#00897B'])
font.size: 6  # too small
axes.titlesize: x-small
savefig.dpi: 50
"""
FAINTEST = 2.2  # the orange and the sky blue of Okabe & Ito on white
WRITE = "write name: value, such as axes.facecolor: white"
SENTENCES = {
    "axes.facecolor white\n": f", line 1: 'axes.facecolor white': {WRITE}",
    "\n# a comment\naxes.facecolr: white\n": ", line 3: Matplotlib has no setting 'axes.facecolr'; did you mean axes.facecolor?",
    "axes.facecolor: gren\n": ", line 1: axes.facecolor: 'gren' is none of the values that Matplotlib takes there",
    "font.size: big\n": ", line 1: font.size: 'big' is none of the values that Matplotlib takes there",
    "# nothing\n": ": the file names no setting; write one a line, such as axes.facecolor: white",
}


def drawn(of: look.Look) -> Figure:
    """Return a figure of two motions and two rivals in a look."""
    with look.drawn_in(of):
        figure, _ = rivals.draw(data({"clg": 60.0, "plg": 20.0}, 30.0, 10.0), ["cheaper", "better_but_empty"])
        figure.draw_without_rendering()
    return figure


def lightness(tint) -> float:
    """Return relative luminance after WCAG 2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(tint)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b) -> float:
    """Return the contrast of two colours after WCAG 2, 1 to 21."""
    low, high = sorted((lightness(a), lightness(b)))
    return (high + 0.05) / (low + 0.05)


def texts(figure: Figure) -> list[Text]:
    """Return what is written."""
    return [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_that_is_written_vanishes_on_the_paper(theme):
    figure = drawn(look.Look(theme, {}))
    paper = figure.get_facecolor()
    with look.drawn_in(look.Look(theme, {})):
        style.use_style()
        assert to_rgb(style.PAPER) == to_rgb(paper) == to_rgb(look.PAPERS[theme][0])
        assert min(contrast(t.get_color(), paper) for t in texts(figure)) >= FAINTEST
        marks = [*style.PALETTE, *style.MOTION_COLOURS.values()]
        assert min(contrast(tint, paper) for tint in (style.INK, style.MUTED)) >= 4.5
        assert min(contrast(tint, paper) for tint in marks) >= FAINTEST
        assert len({to_rgb(tint) for tint in style.PALETTE}) == len(style.PALETTE)


def test_a_style_file_wins_over_the_theme_but_letters_stay_readable(tmp_path):
    (tmp_path / "brand.mplstyle").write_text(BRAND)
    before = dict(mpl.rcParams)
    asked, notes = look.look_of(Figures(style=str(tmp_path / "brand.mplstyle")), ["plg", "clg"])
    figure = drawn(asked)
    assert to_rgb(figure.get_facecolor()) == to_rgb("#FFF8F0")
    clg, plg = (axes.lines[0].get_color() for axes in figure.axes)
    assert (clg, plg) == ("#00897B", "#7A1FA2")  # in the order of the command, whatever a figure draws first
    pixels = 1920 / figure.get_figwidth() / 72
    assert min(t.get_fontsize() for t in texts(figure)) * pixels == pytest.approx(28)
    said = f"figures.style={tmp_path / 'brand.mplstyle'}: "
    assert notes == [
        f"{said}savefig.dpi stay as they are: figures are slides",
        f"{said}font.size: drawn at 10.5 points, 28 pixels of a slide of 1920, below which nobody reads it",
    ]
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("width", [10.0, 13.0, 16.0])
def test_letters_grow_with_a_slide_and_not_with_a_list_that_is_taller(width):
    for height, least in ((9 / 16 * width, look.LEAST_POINTS * width / 10), (2 * width, look.LEAST_POINTS)):
        figure, axes = style.new_figure("title", width, height)
        style.foot(figure, "foot")
        axes.set(xlabel="x")
        figure.draw_without_rendering()
        assert min(t.get_fontsize() for t in texts(figure)) == pytest.approx(least)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_style_file_that_cannot_be_used_is_refused_before_any_run(tmp_path, monkeypatch, capsys, text):
    monkeypatch.chdir(tmp_path)
    Path("brand.mplstyle").write_text(text)
    assert main(["figures.style=brand.mplstyle", "out=there"]) == 2
    assert capsys.readouterr().err == f"figures.style=brand.mplstyle{SENTENCES[text]}\n"
    assert not Path("there").exists()


def test_a_style_file_that_is_not_there_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("binary").write_bytes(b"\xff\xfe\x00\x81")
    for name, sentence in {
        "brand.mplstyle": "the file does not exist",
        "folder": "this is a folder, a Matplotlib style file is needed",
        "binary": "this is no text in UTF-8, a Matplotlib style file is needed",
    }.items():
        assert main([f"figures.style={name}", "out=there"]) == 2
        assert capsys.readouterr().err == f"figures.style={name}: {sentence}\n"
    assert main(["figures.theme=drak", "out=there"]) == 2
    assert capsys.readouterr().err == "figures.theme=drak: light, dark are allowed; did you mean dark?\n"
    assert not Path("there").exists()


def test_the_look_is_no_part_of_a_plan():
    from simulation.runs.manifest import plan_hash

    plain, dark = (compose(*given).model_dump(mode="json") for given in ((), ("figures.theme=dark",)))
    assert plain != dark
    assert plan_hash(plain) == plan_hash(dark)


def test_no_line_ends_between_a_number_and_its_unit_nor_within_a_name():
    title = "Yearly recurring revenue: " + ", ".join(f"CA-SLG from $1.{k} M to 2{k} %" for k in range(10))
    figure, _ = style.new_figure(title)
    style.foot(figure, title)
    lines = [line for text in texts(figure) for line in text.get_text().split("\n")]
    assert len(lines) > 4
    assert not [line for line in lines if line.startswith(("M ", "%", "SLG")) or line.endswith("-")]


def test_a_label_hides_the_line_of_zero_behind_it():
    _, axes = style.new_figure("title")
    axes.plot([0, 1], [-1, 1])
    axes.axhline(0)
    style.label_ends(axes, [(1.0, 0.0, "both", style.INK)])
    box = axes.texts[0].get_bbox_patch()
    assert to_rgb(box.get_facecolor()) == to_rgb(axes.get_facecolor())
