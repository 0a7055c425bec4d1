"""The look in force: a theme, and a user's Matplotlib style file laid over it.

What figures draw with has a name in Matplotlib's own list of colours, such as ``flywheel:ink``, and what a name stands for follows
the paper: no figure says black or white.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
import matplotlib.font_manager as fonts
from matplotlib.colors import get_named_colors_mapping, to_hex, to_rgb

from simulation.scenario.csv_table import check_readable
from simulation.scenario.errors import BadInput, nearest, shown
from simulation.scenario.figures import Figures

TINTS = {  # on light paper and on dark; Okabe & Ito, their yellow darker: it is faint on white
    "blue": ("#0072B2", "#3B93D4"), "sky": ("#56B4E9", "#8CCBF2"), "green": ("#009E73", "#1FB58A"), "olive": ("#A89B00", "#C9BB1E"),
    "orange": ("#E69F00", "#EBAA1A"), "red": ("#D55E00", "#EA7A33"), "pink": ("#CC79A7", "#DB8FBA"), "grey": ("#999999", "#8C8C8C"),
    "strong": ("#000000", "#F2F2F2"), "slate": ("#555555", "#C4C4C4"), "iron": ("#666666", "#ABABAB"),
}  # fmt: skip
LEVELS = {  # from least to most
    "light": ("#D9D9D9", "#A6BDDB", "#3690C0", "#02818A", "#014636"),
    "dark": ("#3E4247", "#46607F", "#3690C0", "#45BDB4", "#C4F0DC"),
}
# Share of paper in the ink.
MIXED = {"ink": 0.0, "muted": 0.3, "faint": 0.55, "shade": 0.78, "rule": 0.88, "paper": 1.0}
PAPERS = {"light": ("#FFFFFF", "#222222"), "dark": ("#16181B", "#EEEEEE")}  # and ink, as the report's page has them
OURS = (
    "backend", "interactive", "savefig.", "svg.", "pdf.", "ps.", "pgf.", "figure.figsize", "figure.dpi", "text.usetex", "text.parse_math",
)  # fmt: skip
SIZES = (
    "font.size", "figure.titlesize", "figure.labelsize", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize",
    "legend.fontsize", "legend.title_fontsize",
)  # fmt: skip
GENERIC = frozenset(("serif", "sans-serif", "sans", "cursive", "fantasy", "monospace"))  # families of fonts
STYLE = "style.mplstyle"  # a results folder's copy of the style file
LEAST_POINTS = 10.5  # on a figure ten inches wide: 28 pixels of a slide of 1920


class Look(NamedTuple):
    """A theme, what a style file names, and the motions in the order in which its colours go to them."""

    theme: str
    named: dict[str, Any]
    motions: tuple[str, ...] = ()

    @property
    def cycle(self) -> list[str]:
        """The colours that the style file has for motions; none where it names none."""
        cycle = self.named.get("axes.prop_cycle")
        return cycle.by_key().get("color", []) if cycle is not None else []


RC: Any = mpl.rcParams  # by any name
RGB = tuple[float, float, float]
LIGHT = Look("light", {})
_in_force: ContextVar[Look] = ContextVar("look", default=LIGHT)


@contextmanager
def drawn_in(look: Look) -> Iterator[None]:
    """Draw figures so within this block; Matplotlib's own settings are afterwards what they were."""
    before = _in_force.set(look)
    try:
        with mpl.rc_context():
            yield
    finally:
        _in_force.reset(before)
        name_colours(*PAPERS["light"])


def _mix(a: RGB, b: RGB, share: float) -> RGB:
    return (1 - share) * a[0] + share * b[0], (1 - share) * a[1] + share * b[1], (1 - share) * a[2] + share * b[2]


def in_force() -> Look:
    """Return the look in force."""
    return _in_force.get()


def name_colours(paper: Any, ink: Any) -> None:
    """Say what the names of colours stand for on such paper with such ink."""
    known, (on, of) = get_named_colors_mapping(), (to_rgb(paper), to_rgb(ink))
    dark = sum(on) < sum(of)
    names = {name: tints[dark] for name, tints in TINTS.items()}
    names |= {f"level {k}": tint for k, tint in enumerate(LEVELS["dark" if dark else "light"])}
    names |= {name: to_hex(_mix(of, on, share)) for name, share in MIXED.items()}
    for name, tint in names.items():
        known[f"flywheel:{name}"] = tint  # one by one, which forgets what Matplotlib remembers of a name


def themed(theme: str) -> dict[str, Any]:
    """Return Matplotlib's settings of a theme's paper."""
    paper, ink = PAPERS[theme]
    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color")
    papers = ("figure.facecolor", "axes.facecolor")
    return dict.fromkeys(inked, ink) | dict.fromkeys(papers, paper)


def points(setting: str) -> float:
    """Return a size of Matplotlib's settings in points, of which it may be told by a word."""
    size = RC[setting]
    return float(fonts.FontProperties(size=size).get_size_in_points())


def look_of(figures: Figures, motions: Sequence[str]) -> tuple[Look, list[str]]:
    """Return the look that a command asks for, and what of its style file is not taken; raises BadInput for a file that cannot be used."""
    named, notes = read_style(figures.style) if figures.style else ({}, [])
    return Look(figures.theme, named, tuple(motions)), notes


def read_style(path: str) -> tuple[dict[str, Any], list[str]]:
    """Return what a Matplotlib style file names, and in sentences what of it is not taken; raises BadInput.

    Sizes of letters below the least that a slide can have are kept at that, and what makes a figure a slide stays.
    """
    said = f"figures.style={path}"
    named: dict[str, Any] = {}
    for n, key, value in _lines(Path(path), said):
        if key not in RC:
            raise BadInput(f"{said}, line {n}: Matplotlib has no setting '{shown(key)}'{nearest(key, RC)}")
        try:
            named[key] = _as_matplotlib_reads(key, value)
        except (ValueError, SyntaxError):
            raise BadInput(
                f"{said}, line {n}: {key}: '{shown(value)}' is none of the values that Matplotlib takes there"
            ) from None
    if not named:
        raise BadInput(f"{said}: the file names no setting; write one a line, such as axes.facecolor: white")
    kept = [key for key in named if key.startswith(OURS)]
    notes = [f"{said}: {', '.join(kept)} stay as they are: figures are slides"] if kept else []
    named = {key: value for key, value in named.items() if key not in kept}
    small = [key for key in SIZES if isinstance(size := named.get(key), int | float) and size < LEAST_POINTS]
    if small:
        notes.append(
            f"{said}: {', '.join(small)}: drawn at {LEAST_POINTS:g} points, 28 pixels of a slide of 1920, below which nobody reads it"
        )
    lost = _not_installed(named)
    return named, notes + (
        [f"{said}: no font {' or '.join(lost)} is installed here, so another one is drawn"] if lost else []
    )


def _lines(file: Path, said: str) -> Iterator[tuple[int, str, str]]:
    """Yield number, name and value of each line that says something."""
    check_readable(file, said, kind="a Matplotlib style file")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{said}: this is no text in UTF-8, a Matplotlib style file is needed") from None
    except OSError as error:
        raise BadInput(f"{said}: the file cannot be read ({error.strerror})") from None
    for n, whole in enumerate(text.splitlines(), 1):
        line = re.match(r"""(?:[^"'#]|"[^"]*"|'[^']*')*""", whole)[0].strip()  # type: ignore[index]  # a # in quotes is a colour
        if line:
            key, colon, value = (part.strip() for part in line.partition(":"))
            if not colon:
                raise BadInput(f"{said}, line {n}: '{shown(line)}': write name: value, such as axes.facecolor: white")
            yield n, key, value.removeprefix('"').removesuffix('"') if value.startswith('"') else value


def _as_matplotlib_reads(key: str, value: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that it will drop one day
        read: Any = mpl.RcParams()
        read[key] = value
        return read[key]


def _not_installed(named: dict[str, Any]) -> list[str]:
    """Return the fonts a style asks for where none of them is there; those that are not there are left out of it."""
    lost: list[str] = []
    for key in [key for key in named if key in ("font.family", *(f"font.{name}" for name in GENERIC))]:
        there = []
        for family in named[key]:
            try:
                there += [family] if family in GENERIC or fonts.findfont(family, fallback_to_default=False) else []
            except ValueError:
                lost.append(family)
        named[key] = there
        if not there:
            del named[key]
    return [] if any(key.startswith("font.") and isinstance(named[key], list) for key in named) else lost


name_colours(*PAPERS["light"])
