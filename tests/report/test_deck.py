"""The deck: native charts with the numbers of the files, sentences as titles, on anybody's template."""

import io
import re
import subprocess
import zipfile

import pytest
from pptx import Presentation
from pptx.util import Inches, Pt

from simulation.cli import main
from simulation.figures.words import unbroken
from simulation.report.deck import deck
from simulation.report.slides import LEAST, Slides, _beside_others
from simulation.report.story import Curve
from tests.report import office
from tests.report.made import PLACE, folder, medians, story


@pytest.fixture(scope="module")
def made():
    return deck(story(), {})


def charts(file):
    return [shape.chart for slide in file.slides for shape in slide.shapes if shape.has_chart]


def test_the_medians_in_its_charts_are_those_of_summary_csv(made):
    bars = charts(Presentation(io.BytesIO(made)))[0].plots[0]
    told = {m.upper(): medians()[m, "cac_usd"] for m in story().motions if (m, "cac_usd") in medians()}
    assert dict(zip(bars.categories, bars.series[0].values, strict=True)) == pytest.approx(told, rel=1e-8)


def test_its_lines_are_those_of_the_story(made):
    lines = next(
        c for c in charts(Presentation(io.BytesIO(made))) if "5 %" in "".join(s.name for s in c.plots[0].series)
    )
    curve = story().chart("cac").curves[0]
    series = next(s for s in lines.plots[0].series if s.name == curve.motion.upper())
    assert list(series.values) == [y for y in curve.mid if y is not None]


def test_the_first_line_is_the_longest_else_libreoffice_leaves_it_out():
    told = story()
    of = told.chart("cac")
    short = [tuple(None if k < 10 else v for k, v in enumerate(band)) for band in of.curves[0][2:]]
    late = of._replace(curves=[Curve(*of.curves[0][:2], *short), *of.curves[1:]])
    slides = Slides({})
    slides.curves(late.at_end, late, told, "")
    series = charts(slides.file)[0].plots[0].series
    points = [len(list(s.values)) for s in series]
    assert points[0] == max(points) > min(points)
    assert {s.name for s in series} >= {told.names[c.motion] for c in late.curves}


def test_every_slide_has_a_sentence_as_title_and_the_manifest_in_its_notes(made):
    file = Presentation(io.BytesIO(made))
    assert len(file.slides) >= 5
    for slide in file.slides:
        assert len(slide.shapes.title.text_frame.text.split()) > 4
        assert "command: flywheel rows=400" in slide.notes_slide.notes_text_frame.text
    said = [p.text for shape in file.slides[1].shapes if shape.has_text_frame for p in shape.text_frame.paragraphs]
    assert said == [unbroken(sentence) for sentence in story().verdict.sentences]


def test_what_is_drawn_is_said_below_in_letters_that_can_be_read_and_without_bands_that_are_not_there(made):
    feet = [
        p
        for slide in Presentation(io.BytesIO(made)).slides
        for shape in slide.shapes
        if shape.has_text_frame and shape.top > 0.85 * Inches(7.5)
        for p in shape.text_frame.paragraphs
    ]
    assert len(feet) >= 5 and all(p.font.size >= Pt(LEAST) for p in feet)
    assert pytest.approx(28, rel=1e-3) == 1920 / 13.333 / 72 * LEAST  # pixels
    assert not [p.text for p in feet if "Bands" in p.text]


@pytest.mark.parametrize(
    ("ends", "places"),
    [
        ([10.0, 5.0], ["RIGHT", "RIGHT"]),
        ([9.9, 10.0], ["BELOW", "RIGHT"]),
        ([10.0, 10.0], ["RIGHT", "BELOW"]),
        ([9.6, 10.0, 9.8, 1.0], ["BELOW", "ABOVE", "RIGHT", "RIGHT"]),
    ],
)
def test_names_of_near_ends_stand_around_them(ends, places):
    assert _beside_others(ends, log=False) == places


def test_at_least_half_of_what_is_drawn_is_native_and_said_in_words(made):
    file = Presentation(io.BytesIO(made))
    drawn = [shape for slide in file.slides for shape in slide.shapes if shape.has_chart or shape.has_table]
    assert len(charts(file)) >= 5 and not [
        s for slide in file.slides for s in slide.shapes if s.shape_type == 13
    ]  # pictures
    assert all(shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in drawn)


def template(path, names):
    file = Presentation()  # 4:3
    for layout, name in zip(file.slide_layouts, names, strict=False):
        layout.name = name
    file.slides.add_slide(file.slide_layouts[0]).shapes.title.text_frame.text = "a page of the template"
    file.save(path)
    return path


def test_a_template_of_ones_own_is_used_by_the_names_of_its_layouts(tmp_path):
    path = template(tmp_path / "own.pptx", ["Forside", "Indhold", "a", "b", "c", "Kun titel"])
    file = Presentation(
        io.BytesIO(
            deck(
                story(), {"deck.template": str(path), "deck.title_layout": "forside", "deck.chart_layout": "Kun titel"}
            )
        )
    )
    assert (file.slide_width, file.slide_height) == (Inches(10), Inches(7.5))
    assert {slide.slide_layout.name for slide in file.slides} == {"Forside", "Kun titel"}
    assert not any("a page of the template" in s.shapes.title.text_frame.text for s in file.slides)
    for slide in file.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= file.slide_width
            assert shape.top >= 0 and shape.top + shape.height <= file.slide_height


SENTENCES = {
    "deck.template=none.pptx": "deck.template=none.pptx: the file does not exist",
    "deck.template=text.pptx": "deck.template=text.pptx: this is no PowerPoint presentation; save the template as .pptx",
    "deck.template=zip.pptx": "deck.template=zip.pptx: this is no PowerPoint presentation; save the template as .pptx",
    "deck.template=own.pptx": "deck.template=own.pptx: there is no layout Title Slide; there are Forside, Indhold, Kun titel, Title Content, "
    "Comparison, Blank; name one, such as deck.title_layout=Forside",
    "deck.template=own.pptx deck.title_layout=Forsid": "deck.title_layout=Forsid: there is no layout Forsid; there are Forside, Indhold, "
    "Kun titel, Title Content, Comparison, Blank; did you mean Forside?",
    "deck.template=own.pptx deck.title_layout=Forside deck.chart_layout=Blank": "deck.chart_layout=Blank: the layout has no title; choose one that has",
    "deck.templat=own.pptx": "deck.templat=own.pptx: there is no such option, there are deck.template, deck.title_layout, deck.chart_layout; did you mean deck.template?",
}  # fmt: skip


@pytest.mark.parametrize("options", SENTENCES)
def test_what_cannot_be_used_is_said_in_one_sentence_and_nothing_is_written(options, tmp_path, monkeypatch, capsys):
    folder()
    capsys.readouterr()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.pptx").write_text("no slides")
    with zipfile.ZipFile(tmp_path / "zip.pptx", "w") as file:
        file.writestr("a.txt", "a")
    own = Presentation()
    for layout, name in zip(
        own.slide_layouts,
        ["Forside", "Indhold", "Kun titel", "Title Content", "Comparison", "x", "Blank"],
        strict=False,
    ):
        layout.name = name
    for layout in [
        x
        for x in own.slide_layouts
        if x.name not in ("Forside", "Indhold", "Kun titel", "Title Content", "Comparison", "Blank")
    ]:
        own.slide_layouts.remove(layout)
    own.save(tmp_path / "own.pptx")
    assert main(["deck", str(folder()), *options.split()]) == 2
    assert capsys.readouterr() == ("", SENTENCES[options] + "\n")
    assert not (folder() / "deck.pptx").exists()


def test_no_place_and_nobody_is_told(made):
    parts = zipfile.ZipFile(io.BytesIO(made))
    for name in parts.namelist():
        assert PLACE.encode() not in parts.read(name), name
    assert not re.search(rb"<dc:creator>[^<]|<cp:lastModifiedBy>[^<]", parts.read("docProps/core.xml"))


@pytest.mark.slow
@office.needed
def test_libreoffice_opens_it_and_every_title_stands_on_its_page(made, tmp_path):
    (tmp_path / "deck.pptx").write_bytes(made)
    office.converted(tmp_path / "deck.pptx", "pdf")
    text = subprocess.run(
        ["pdftotext", str(tmp_path / "converted" / "deck.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    file = Presentation(io.BytesIO(made))
    assert len(pages) == len(file.slides)
    for page, slide in zip(pages, file.slides, strict=True):
        assert "".join(slide.shapes.title.text_frame.text.split()) in "".join(page.split())
