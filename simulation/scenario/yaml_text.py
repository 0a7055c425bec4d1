"""A scenario file as it is read: once, in bounds, as plain names with values; each setting with the line it stands on."""

import io
import re
import stat
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

from simulation.scenario.errors import BadInput, shown

REFERENCE = "${product.price_usd} or ${times:${product.price_usd},0.5}"  # as it is said to users
LARGEST_BYTES = 100_000
DEEPEST = 20  # levels; a scenario has seven
MOST_VALUES = 3_000  # with what aliases repeat
LONGEST_NAME, LONGEST_NUMBER, LONGEST_VALUE = 100, 100, 1000  # characters
PLAIN_NUMBER = re.compile(
    r"[+-]?(0|[1-9][0-9]*|[1-9][0-9]{0,2}(_[0-9]{3})+|[0-9]*\.[0-9]+|[0-9]+\.)([eE][+-]?[0-9]+)?|[+-]?\.inf|\.nan",
    re.IGNORECASE,
)
TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}
NAMES = {f"tag:yaml.org,2002:{name}" for name in ("str", "int")}
PACKAGE = re.compile(r"\s*#\s*@package\s+(\S.*?)\s*")


class Place(NamedTuple):
    """Where a setting stands in a file, and what is written there."""

    line: int
    form: str  # mapping, sequence or scalar
    text: str = ""  # of a scalar


class YamlText(NamedTuple):
    """What stands in a file: where it says its settings belong (empty: nowhere), its names with values, their places."""

    package: str
    tree: dict[str, Any]
    places: dict[str, Place]


def read_text(file: Path) -> str:
    """Return a scenario file's text without the mark that some editors put first; raises BadInput."""
    try:
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):  # a pipe would wait for a writer, some devices never end
            raise BadInput(
                f"{file}: this is a {'folder' if stat.S_ISDIR(mode) else 'device or pipe'}, a file is needed"
            )
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{file}: the file cannot be read ({error.strerror})") from None
    if len(content) > LARGEST_BYTES:
        raise BadInput(f"{file}: the file has more than {LARGEST_BYTES:,} bytes; a scenario has a few thousand")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{file}: the file is no text in UTF-8") from None


def read_yaml(file: Path) -> YamlText:
    """Return what stands in a scenario file; raises BadInput where it is no YAML with names and values."""
    import yaml
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    text = read_text(file)
    try:
        places = _looked_at(file, text)
        tree: Any = OmegaConf.to_container(OmegaConf.load(io.StringIO(text)), resolve=False)
    except yaml.MarkedYAMLError as error:
        opened = "flow" in (error.context or "")  # a bracket: where it opens tells more than where the file ends
        mark = (error.context_mark if opened else None) or error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise BadInput(
            f"{file}{line}: this is no YAML ({shown(error.problem or '', 100)}); close what is open, indent by spaces"
        ) from None
    except yaml.YAMLError:
        raise BadInput(f"{file}: the file is no text in UTF-8") from None
    except OSError:
        raise BadInput(f"{file}: a name with a value is needed") from None
    except OmegaConfBaseException:
        raise BadInput(f"{file}: a reference is not closed; write {REFERENCE}") from None
    if not isinstance(tree, dict):
        raise BadInput(f"{file}: the file holds a list, names with values are needed, such as weeks: 260")
    return YamlText(_package(text), tree, places)


def _looked_at(file: Path, text: str) -> dict[str, Place]:
    """Return where each setting stands, once nothing in the file is too deep, too much or a circle."""
    import yaml

    for loader in (
        getattr(yaml, "CSafeLoader", yaml.SafeLoader),
        yaml.SafeLoader,
    ):  # the second for its better sentences
        try:
            _check_depth(file, yaml.parse(text, Loader=loader))
            node = yaml.compose(text, Loader=loader)
        except yaml.YAMLError:
            if loader is yaml.SafeLoader:
                raise
            continue
        if node is None:
            return {}
        _count(file, node, {}, set())
        return dict(_places(file, node, ""))
    return {}


def _package(text: str) -> str:
    """Return the section that the comments at the head of a file give its settings to, empty where they give none."""
    head = takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), text.splitlines())
    return next((found[1] for line in head if (found := PACKAGE.fullmatch(line))), "")


def _check_depth(file: Path, events: Iterator[Any]) -> None:
    """Raise BadInput where brackets or blocks stand too deep; by events, which need no stack."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise BadInput(f"{file}, line {event.start_mark.line + 1}: more than {DEEPEST} levels stand in each other")


def _count(file: Path, node: Any, known: dict[int, int], inside: set[int]) -> int:
    """Return how many values a node holds with what aliases repeat; raises BadInput for a circle or too many."""
    import yaml

    line = f"{file}, line {node.start_mark.line + 1}"
    if id(node) in inside:
        raise BadInput(f"{line}: an alias (*) leads back to itself; write the values out")
    if id(node) not in known:
        total = 1
        if isinstance(node, yaml.CollectionNode):
            inside.add(id(node))
            children = node.value if isinstance(node, yaml.SequenceNode) else [n for pair in node.value for n in pair]
            total += sum(_count(file, child, known, inside) for child in children)
            inside.discard(id(node))
        known[id(node)] = total
    if known[id(node)] > MOST_VALUES:
        raise BadInput(f"{line}: more than {MOST_VALUES:,} values, aliases (*) written out; a scenario has hundreds")
    return known[id(node)]


def _places(file: Path, node: Any, path: str) -> Iterator[tuple[str, Place]]:
    """Yield the path of each setting with its place; raises BadInput for what YAML would read as something else."""
    import yaml

    line = f"{file}, line {node.start_mark.line + 1}"
    if node.tag not in TAGS:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        raise BadInput(f"{line}: {shown(path)}: a tag ({shown(tag)}) means nothing here; leave it away")
    if isinstance(node, yaml.ScalarNode):
        if not node.value.isprintable():
            raise BadInput(f"{line}: {shown(path)}: {shown(node.value)!r} holds a character that cannot be seen")
        if len(node.value) > LONGEST_VALUE:
            raise BadInput(
                f"{line}: {shown(path)}: a value of {len(node.value):,} characters; {LONGEST_VALUE:,} is the most"
            )
        number = not node.style and node.tag.endswith((":int", ":float"))
        if number and (len(node.value) > LONGEST_NUMBER or not PLAIN_NUMBER.fullmatch(node.value)):
            raise BadInput(f"{line}: {shown(path)}: {shown(node.value)} is no plain number; write it as 1234.5")
        yield path, Place(node.start_mark.line + 1, node.id, node.value)
        return
    yield path, Place(node.start_mark.line + 1, node.id)
    if isinstance(node, yaml.SequenceNode):
        for k, child in enumerate(node.value):
            yield from _places(file, child, f"{path}.{k}")
    else:
        yield from _in_mapping(file, node, path)


def _in_mapping(file: Path, node: Any, path: str) -> Iterator[tuple[str, Place]]:
    before = None
    for key, child in node.value:
        line = f"{file}, line {key.start_mark.line + 1}"
        name = str(key.value)
        if key.tag.endswith(":merge"):  # what it brings in would stand on no line of its own
            raise BadInput(f"{line}: << is not read here; write the values out")
        if key.tag not in NAMES or not name.isprintable() or not name:
            raise BadInput(f"{line}: a name is needed before each colon")
        if len(name) > LONGEST_NAME:
            raise BadInput(f"{line}: a name of {len(name):,} characters; {LONGEST_NAME} is the most")
        if (
            before
            and re.fullmatch(r"[0-9]+\D*", name)
            and child.value == ""
            and re.fullmatch(r"-?[0-9]+", str(before[1].value))
        ):
            said = f"{before[0].value}: {before[1].value},{name}"
            whole = f"{before[1].value}{name}, or " if re.fullmatch("[0-9]{3}", name) else ""
            raise BadInput(
                f"{line}: {said} are two values; write {whole}the number with a decimal point: {before[1].value}.{name}"
            )
        yield from _places(file, child, f"{path}.{name}" if path else name)
        before = (key, child)
