"""Slides with native charts that can be edited, on a template of the user's: all that knows python-pptx."""

import math
from collections.abc import Iterator
from datetime import date
from functools import partial
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from simulation.calendar import WEEK_DAYS
from simulation.evidence.months import DAY_ZERO
from simulation.figures import waterfall
from simulation.figures.channels import TINTS
from simulation.figures.look import PAPERS
from simulation.figures.style import in_hex, line
from simulation.figures.words import unbroken
from simulation.metrics.metric import Kind
from simulation.report.story import Chart, Curve, Story
from simulation.scenario import currency
from simulation.scenario.csv_table import check_readable
from simulation.scenario.errors import BadInput, nearest

TEMPLATE, TITLE, CONTENT = "deck.template", "deck.title_layout", "deck.chart_layout"
OPTIONS = (TEMPLATE, TITLE, CONTENT)
LAYOUTS = {TITLE: "Title Slide", CONTENT: "Title Only"}
FORMATS = {Kind.SHARE: "0%", Kind.COUNT: "#,##0"}
PARTS = '[>=0.07]0%;""'  # smaller ones have no room for a number
DASHES = {"-": None, "--": "DASH", ":": "ROUND_DOT", "-.": "DASH_DOT"}
SIZES = ((180, 16), (150, 18), (90, 22), (0, 28))  # points of a title of more than so many letters
SIDE_BY_SIDE = 3  # charts on a slide, at most
MONTH_DAYS = 365.25 / 12
LEAST, SMALL = 14, 12  # points: 28 pixels of 1920 on our slides; of a table of many lines
FOOT, NAMES = 0.89, 0.34  # of the height, where what is drawn is said; of a table's width, for names of many lines
MANY = 6  # lines of a table, from which on they are small
CLOSE = 0.06  # of the axis: ends nearer than that are labelled above and below


class Tones(NamedTuple):
    """What is not a motion's colour; ``ink`` where charts do not take the slide's."""

    muted: str
    grid: str
    ink: str = ""


BRIGHT, DARK = Tones("595959", "DDDDDD"), Tones("B0B0B0", "3A3A3A", "EEEEEE")


class Box(NamedTuple):
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int


class Slides:
    """A presentation that is being made."""

    file: Any

    def __init__(self, options: dict[str, str], *, dark: bool = False) -> None:
        from pptx import Presentation
        from pptx.util import Inches

        self.own = options.get(TEMPLATE)
        self.tones = DARK if dark and self.own is None else BRIGHT  # paper of one's own says what is on it
        if self.own is None:
            self.file = Presentation()
            self.file.slide_width, self.file.slide_height = Inches(13.333), Inches(7.5)
            if dark:
                _darken(self.file)
        else:
            self.file = _opened(self.own)
        self.layouts = {option: self._layout(option, options.get(option)) for option in LAYOUTS}
        self.width, self.height = int(self.file.slide_width or 0), int(self.file.slide_height or 0)
        self.margin = int(self.width * 0.05)

    def _layout(self, option: str, asked: str | None) -> Any:
        """Return a layout by name; raises BadInput naming those there are."""
        name = asked or LAYOUTS[option]
        by = {layout.name.casefold(): layout for layout in self.file.slide_layouts}
        found = by.get(name.casefold())
        if found is None:
            there = ", ".join(layout.name for layout in by.values())
            said = f"{option}={asked}" if asked else f"{TEMPLATE}={self.own}"
            how = (
                nearest(name, (layout.name for layout in by.values()))
                if asked
                else f"; name one, such as {option}={self.file.slide_layouts[0].name}"
            )
            raise BadInput(f"{said}: there is no layout {name}; there are {there}{how}")
        if not any(shape.placeholder_format.type in _title_types() for shape in found.placeholders):
            raise BadInput(f"{option}={name}: the layout has no title; choose one that has")
        return found

    def _slide(self, option: str, title: str, notes: str) -> Any:
        from pptx.util import Pt

        slide = self.file.slides.add_slide(self.layouts[option])
        heading = slide.shapes.title
        heading.text_frame.text = unbroken(title)
        heading.text_frame.word_wrap = True
        if self.own is None:
            from pptx.enum.text import MSO_ANCHOR, PP_ALIGN

            place = Box(self.margin, int(self.height * 0.05), self.width - 2 * self.margin, int(self.height * 0.15))
            if option == TITLE:
                place = place._replace(top=int(self.height * 0.3), height=int(self.height * 0.25))
            heading.left, heading.top, heading.width, heading.height = place
            heading.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if option == TITLE else MSO_ANCHOR.TOP
            heading.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
            heading.text_frame.paragraphs[0].font.bold = True
        size = 40 if option == TITLE else next(points for letters, points in SIZES if len(title) > letters)
        heading.text_frame.paragraphs[0].font.size = Pt(size)
        slide.notes_slide.notes_text_frame.text = notes
        if option == CONTENT:
            for shape in list(slide.placeholders):
                if shape.placeholder_format.idx != heading.placeholder_format.idx:
                    shape._element.getparent().remove(shape._element)  # noqa: SLF001 - python-pptx has no other way
        return slide

    def _below(self, slide: Any) -> Box:
        """Return the place below a slide's title."""
        heading = slide.shapes.title
        top = int(heading.top + heading.height + self.height * 0.01)
        if top > self.height * 0.5:  # a title at the foot of the slide
            top = int(self.height * 0.05)
        bottom = int(self.height * FOOT) if heading.top < self.height * 0.5 else int(heading.top)
        return Box(self.margin, top, self.width - 2 * self.margin, bottom - top)

    def _write(self, slide: Any, place: Box, paragraphs: list[str], size: float, colour: str = "") -> None:
        from pptx.dml.color import RGBColor
        from pptx.util import Pt

        frame = slide.shapes.add_textbox(*place).text_frame
        frame.word_wrap = True
        for k, text in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if k == 0 else frame.add_paragraph()
            paragraph.text = unbroken(text)
            paragraph.font.size = Pt(size)
            paragraph.space_after = Pt(size * 0.6)
            if colour:
                paragraph.font.color.rgb = RGBColor.from_string(colour)

    def _foot(self, slide: Any, said: str) -> None:
        """Say below a chart what is drawn."""
        place = Box(
            self.margin, int(self.height * FOOT), self.width - 2 * self.margin, int(self.height * (0.99 - FOOT))
        )
        self._write(slide, place, [said], LEAST, self.tones.muted)

    def first(self, title: str, sentence: str, notes: str) -> None:
        """Add the title slide: what was compared and the first sentence of the verdict."""
        slide = self._slide(TITLE, title, notes)
        rest = [s for s in slide.placeholders if s.placeholder_format.idx != slide.shapes.title.placeholder_format.idx]
        if rest:
            rest[0].text_frame.text = unbroken(sentence)
            if self.own is None:
                from pptx.enum.text import PP_ALIGN
                from pptx.util import Pt

                place = (self.margin, int(self.height * 0.58), self.width - 2 * self.margin, int(self.height * 0.25))
                rest[0].left, rest[0].top, rest[0].width, rest[0].height = place
                rest[0].text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
                rest[0].text_frame.paragraphs[0].font.size = Pt(20)
        for shape in rest[1:]:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001

    def verdict(self, story: Story, notes: str) -> None:
        """Add the verdict: its first sentence as title, its table, its other sentences; what the next money does has a slide of its own."""
        found = story.verdict
        said = [text for text in found.sentences if not story.past or text not in story.past.sentences]
        first, *others = said or [story.title]
        rows = [(story.names[m], [_or_dash(found.cell(m, k)) for k in found.heads]) for m in story.motions]
        rows += [("ahead", list(found.ahead.values()))] if any(found.ahead.values()) else []
        self.table(first, list(found.heads.values()), rows, others, notes)

    def table(
        self, title: str, heads: list[str], rows: list[tuple[str, list[str]]], below: list[str], notes: str
    ) -> None:
        """Add a table of text under a sentence, and other sentences below it."""
        from pptx.util import Pt

        slide = self._slide(CONTENT, title, notes)
        place = self._below(slide)
        lines = [["", *heads], *([name, *cells] for name, cells in rows)]
        many = len(lines) > MANY
        height = min(int(place.height * (0.75 if many else 0.5)), int(self.height * 0.065) * len(lines))
        frame = slide.shapes.add_table(len(lines), len(lines[0]), place.left, place.top, place.width, height)
        _described(frame, f"Table: {title}")
        for r, line_of in enumerate(lines):
            for c, text in enumerate(line_of):
                cell = frame.table.cell(r, c)
                cell.text = text.replace("\n", " ")
                cell.text_frame.paragraphs[0].font.size = Pt(SMALL if many else LEAST)
        if many:  # what a line is called is longer than what stands in it
            rest = int((1 - NAMES) * place.width / (len(lines[0]) - 1))
            for c, column in enumerate(frame.table.columns):
                column.width = rest if c else int(NAMES * place.width)
        top = place.top + height + int(self.height * 0.03)
        self._write(slide, place._replace(top=top, height=place.top + place.height - top), below, SMALL if many else 16)

    def _chart(self, slide: Any, kind: str, data: Any, described: str, place: Box | None = None) -> Any:
        """Return a native chart below the title, or at a place there."""
        from pptx.enum.chart import XL_CHART_TYPE
        from pptx.util import Pt

        frame = slide.shapes.add_chart(getattr(XL_CHART_TYPE, kind), *(place or self._below(slide)), data)
        _described(frame, described)
        frame.chart.font.size = Pt(14)
        if self.tones.ink:
            frame.chart.font.color.rgb = _rgb(self.tones.ink)
        frame.chart.has_legend = False
        frame.chart.has_title = False
        return frame.chart

    def bars(self, title: str, story: Story, notes: str) -> None:
        """Add the medians of what a customer costs, as bars."""
        from pptx.chart.data import CategoryChartData

        known = [m for m in story.motions if (v := story.median(m, "cac_usd")) == v]
        if not known:
            return
        data = CategoryChartData()
        data.categories = [story.names[m] for m in known]
        data.add_series("fully loaded CAC, median", [story.median(m, "cac_usd") for m in known])
        chart = self._chart(self._slide(CONTENT, title, notes), "BAR_CLUSTERED", data, title)
        plot = chart.plots[0]
        plot.gap_width, plot.has_data_labels, plot.vary_by_categories = 60, True, False
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = _format(Kind.USD), False
        _axes(chart, Kind.USD, self.tones)
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
        for k, m in enumerate(known):
            _fill(plot.series[0].points[k].format.fill, story.on_theme[m])

    def curves(self, title: str, of: Chart, story: Story, notes: str) -> None:
        """Add medians over markets as lines, with thin lines that hold 90 % of markets."""
        from pptx.chart.data import XyChartData
        from pptx.enum.dml import MSO_LINE
        from pptx.util import Pt

        lines = [c for c in of.curves if any(v is not None for v in c.mid)]
        if not lines:
            return
        data, drawn = XyChartData(), []
        start = story.calendar.start if of.x_label == "week" else None
        # the longest first: LibreOffice draws no first line that has fewer points than another
        for motion, what, points in sorted(_lines(lines, start), key=lambda of: len(of[2]), reverse=True):
            series = data.add_series(story.names[motion] + what)
            for x, y in points:
                series.add_data_point(x, y)
            drawn.append((motion, what, points))
        said = of.note.replace("Bands: 50 % and 90 %", "Thin lines: 90 %")
        slide = self._slide(CONTENT, title, f"{said}\n{notes}")
        self._foot(slide, said)
        chart = self._chart(slide, "XY_SCATTER_LINES_NO_MARKERS", data, f"{title}. {of.note}")
        _axes(chart, of.kind, self.tones)
        _across(chart.category_axis, max(c.x[-1] for c in lines), of.x_label, start)
        _named(chart.value_axis, of.y_label)
        if of.kind is Kind.SHARE:
            chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = 0, 1
        if of.kind is Kind.USD_TOTAL and any(abs(y) >= 1e6 for c in lines for y in c.mid if y is not None):
            chart.value_axis.tick_labels.number_format = currency.chart_format(currency.MILLIONS)
        if of.log:
            _logarithmic(chart, min(y for c in lines for y in (*c.mid, *c.low) if y is not None))
        places = iter(_beside_others([points[-1][1] for _, what, points in drawn if not what], log=of.log))
        for (motion, what, points), series in zip(drawn, chart.plots[0].series, strict=True):
            series.smooth = False
            series.format.line.color.rgb = _rgb(story.on_theme[motion])
            series.format.line.width = Pt(0.75 if what else 3)
            if dash := DASHES.get(pattern) if isinstance(pattern := line(motion), str) else "LONG_DASH":
                series.format.line.dash_style = getattr(MSO_LINE, dash)
            if not what:
                _label_end(series, len(points) - 1, story.names[motion], story.on_theme[motion], next(places))

    def mix(self, story: Story, notes: str) -> None:
        """Add where new customers came from, as stacked bars."""
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_LEGEND_POSITION

        known = [c for c in TINTS if any(c in of for of in story.mix.values())]
        if not known:
            return
        data = CategoryChartData()
        data.categories = [story.names[m] for m in story.motions]
        for name in known:
            data.add_series(name, [story.mix[m].get(name, 0) / 100 for m in story.motions])
        chart = self._chart(self._slide(CONTENT, story.mix_title, notes), "BAR_STACKED_100", data, story.mix_title)
        _axes(chart, Kind.SHARE, self.tones)
        chart.plots[0].gap_width, chart.plots[0].overlap = 50, 100
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
        plot = chart.plots[0]
        plot.has_data_labels = True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = PARTS, False
        plot.data_labels.font.color.rgb = _rgb("#000000")  # on the tint of a channel, whatever the paper
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        for name, series in zip(known, chart.plots[0].series, strict=True):
            _fill(series.format.fill, in_hex(TINTS[name]))

    def bridges(self, story: Story, notes: str) -> None:
        """Add the ARR bridge of each motion as a waterfall, a few beside each other: bars on what they begin at, which is not seen."""
        every = list(story.bridges)
        for first in range(0, len(every), SIDE_BY_SIDE):
            here = every[first : first + SIDE_BY_SIDE]
            slide = self._slide(CONTENT, story.bridge_title, f"{story.bridge_note}\n{notes}")
            place = self._below(slide)
            width = place.width // len(here)
            self._foot(slide, story.bridge_note)
            for k, motion in enumerate(here):
                self._waterfall(slide, place._replace(left=place.left + k * width, width=width), motion, story)

    def _waterfall(self, slide: Any, place: Box, motion: str, story: Story) -> None:
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_LABEL_POSITION
        from pptx.util import Pt

        bars = story.bridges[motion]
        ends = [x for of in story.bridges.values() for step in of for x in (step.start, step.end)]
        room = 0.6 * (max(ends) - min(ends))  # for what is said beside a bar
        data = CategoryChartData()
        data.categories = [step.name for step in bars]
        for k, name in enumerate(("begins at", "above zero", "below zero")):
            data.add_series(name, [step.stacked[k] for step in bars])
        data.add_series("label", [room] * len(bars))
        told = ", ".join(f"{step.name} {waterfall.amount(step)}" for step in bars)
        chart = self._chart(slide, "BAR_STACKED", data, f"{story.names[motion]}: {told}", place)
        chart.has_title = True
        chart.chart_title.text_frame.text = story.names[motion]
        font = chart.chart_title.text_frame.paragraphs[0].runs[0].font
        font.size, font.bold, font.color.rgb = Pt(16), True, _rgb(story.on_theme[motion])
        plot = chart.plots[0]
        plot.gap_width, plot.overlap = 40, 100
        begins, above, below, labels = plot.series
        for unseen in (begins, labels):
            unseen.format.fill.background()
        _axes(chart, Kind.USD_TOTAL, self.tones)
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = min(ends), max(ends) + room
        for k, step in enumerate(bars):
            for series in (above, below):
                _fill(series.points[k].format.fill, in_hex(waterfall.tint(step, story.on_theme[motion])))
            label = labels.points[k].data_label
            label.text_frame.text = waterfall.amount(step)
            label.text_frame.paragraphs[0].runs[0].font.size = Pt(LEAST)
            label.position = XL_LABEL_POSITION.INSIDE_BASE

    def text(self, title: str, paragraphs: list[str], notes: str) -> None:
        """Add a slide of words."""
        slide = self._slide(CONTENT, title, notes)
        self._write(slide, self._below(slide), paragraphs, 20)

    def done(self, title: str) -> bytes:
        """Return the file; nobody's name stands in it."""
        properties = self.file.core_properties
        properties.title, properties.author, properties.last_modified_by = title, "", ""
        kept = BytesIO()
        self.file.save(kept)
        return kept.getvalue()


def _opened(name: str) -> Any:
    """Return a template without the slides that it holds; raises BadInput where it is none."""
    from zipfile import BadZipFile

    from lxml.etree import XMLSyntaxError
    from pptx import Presentation
    from pptx.exc import PackageNotFoundError

    check_readable(Path(name), f"{TEMPLATE}={name}")
    try:
        file = Presentation(name)
        slides = file.slides._sldIdLst  # noqa: SLF001 - python-pptx has no other way to take slides out
        for slide in list(slides):
            file.part.drop_rel(slide.rId)
            slides.remove(slide)
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, XMLSyntaxError):
        raise BadInput(f"{TEMPLATE}={name}: this is no PowerPoint presentation; save the template as .pptx") from None
    return file


def _title_types() -> tuple[Any, ...]:
    from pptx.enum.shapes import PP_PLACEHOLDER

    return (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)


def _or_dash(text: str) -> str:
    return "-" if text == "n/a" else text


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.removeprefix("#"))


def _fill(fill: Any, colour: str) -> None:
    fill.solid()
    fill.fore_color.rgb = _rgb(colour)


def _described(frame: Any, text: str) -> None:
    """Say in words what a chart or a table shows, for who cannot see it."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", text)  # noqa: SLF001 - python-pptx has no other way


def _lines(curves: list[Curve], start: date | None) -> Iterator[tuple[str, str, list[tuple[float, float]]]]:
    """Yield motion, what is added to its name, and the points that are known: the median, then the ends of 90 %."""
    at = float if start is None else partial(_serial, start)
    for curve in curves:
        for what, values in (("", curve.mid), (" 5 %", curve.low), (" 95 %", curve.high)):
            if known := [(at(x), y) for x, y in zip(curve.x, values, strict=True) if y is not None]:
                yield curve.motion, what, known


def _serial(start: date, week: float) -> float:
    """Return a week's first day as spreadsheets count days."""
    return (start - DAY_ZERO).days + WEEK_DAYS * week


def _across(axis: Any, last: int, name: str, start: date | None) -> None:
    """Let the axis of time go to week ``last``, with room for labels; dates stand on it where weeks have them."""
    axis.has_major_gridlines = False
    if start is None:
        axis.minimum_scale, axis.maximum_scale = 0, last * 1.1
        axis.major_unit = 52 if last > 200 else 26 if last > 60 else 13
        _named(axis, name)
    else:
        axis.minimum_scale, axis.maximum_scale = _serial(start, 0), _serial(start, last * 1.1)
        axis.major_unit = math.ceil(
            MONTH_DAYS * (12 if last > 104 else 6 if last > 60 else 3)
        )  # no tick falls before its month
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "mmm yyyy", False


def _format(kind: Kind) -> str:
    return FORMATS[kind] if kind in FORMATS else currency.chart_format()


def _darken(file: Any) -> None:
    """Put the slides on dark paper: what is paper and what is ink in the master's colours change places."""
    master = file.slide_master
    colours = master.element.find(f"{{{master.element.nsmap['p']}}}clrMap")
    for paper, ink in (("bg1", "tx1"), ("bg2", "tx2")):
        one, other = colours.get(paper), colours.get(ink)
        colours.set(paper, other)
        colours.set(ink, one)
    master.background.fill.solid()
    master.background.fill.fore_color.rgb = _rgb(PAPERS["dark"][0])


def _axes(chart: Any, kind: Kind, tones: Tones) -> None:
    from pptx.enum.chart import XL_TICK_LABEL_POSITION

    up = chart.value_axis
    up.tick_labels.number_format, up.tick_labels.number_format_is_linked = _format(kind), False
    up.major_gridlines.format.line.color.rgb = _rgb(tones.grid)
    up.format.line.fill.background()
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    up.tick_label_position = XL_TICK_LABEL_POSITION.LOW


def _named(axis: Any, text: str) -> None:
    from pptx.util import Pt

    axis.has_title = True
    axis.axis_title.text_frame.text = text
    font = axis.axis_title.text_frame.paragraphs[0].font
    font.size, font.bold = Pt(LEAST), False


def _logarithmic(chart: Any, least: float) -> None:
    """Make the upright axis logarithmic, from the power of ten below the least value."""
    from lxml import etree

    scaling = chart.value_axis._element.find("{*}scaling")  # noqa: SLF001 - python-pptx knows no logarithmic axes
    base = etree.Element(scaling.tag.replace("scaling", "logBase"))
    base.set("val", "10")
    scaling.insert(0, base)
    chart.value_axis.minimum_scale = 10.0 ** math.floor(math.log10(least))


def _beside_others(ends: list[float], *, log: bool) -> list[str]:
    """Return where each line's label stands: below where another end is just above, above the highest of three or more, else at the right."""
    at = [math.log10(v) if log else v for v in ends]
    reach = CLOSE * (1 if log else max(map(abs, at), default=0))
    order = sorted(range(len(at)), key=lambda k: (-at[k], k))
    near = [at[a] - at[b] < reach for a, b in pairwise(order)]
    places = [""] * len(at)
    for n, k in enumerate(order):
        over, under = (n > 0 and near[n - 1]), (n < len(near) and near[n])
        crowded = under and n + 1 < len(near) and near[n + 1]
        places[k] = "BELOW" if over and not under else "ABOVE" if crowded and not over else "RIGHT"
    return places


def _label_end(series: Any, k: int, text: str, colour: str, place: str) -> None:
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    label = series.points[k].data_label
    label.has_text_frame = True
    label.text_frame.text = text
    font = label.text_frame.paragraphs[0].runs[0].font
    font.bold, font.size, font.color.rgb = True, Pt(14), _rgb(colour)
    label.position = getattr(XL_LABEL_POSITION, place)
