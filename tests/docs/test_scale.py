"""docs/scale.md says what the benchmark counts. Its nanoseconds are of one machine, and not tested."""

import re
from pathlib import Path

import pytest

from simulation.engine import Engine
from simulation.people.draws import key_of
from tests.benchmarks import scale
from tests.benchmarks.worlds import world

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")


def test_the_bytes_of_a_person_are_those_of_the_arrays():
    parts = scale.bytes_a_person()
    said = {name: int(value) for name, value in re.findall(r"^\| ([a-z][^|]*?) \| (\d+) \| ", PAGE, re.MULTILINE)}
    assert said == {name: round(value) for name, value in parts.items()}
    assert f"{sum(parts.values()) - parts['buffers, at most']:.0f} bytes are held whatever happens" in PAGE


def test_the_cut_ties_are_those_of_the_network():
    network = Engine(world("clg", scale.PEOPLE, 1), key_of(1, 0, 0)).network
    cut = [f"{100 * scale.cut_share(network, shards):.1f} %" for shards in (2, 10, 100)]
    assert "cuts\n  {} of the ties with 2 shards, {} with 10, {} with 100".format(*cut) in PAGE


@pytest.mark.slow
def test_who_tells_something_new_is_counted():
    assert f"In a mean week of the third year {scale.told_a_week():.1f} of 1,000 people" in PAGE


def test_memory_follows_from_the_bytes():
    """The measured peak, times the people."""
    peak = 2.2 * 2**30 / 10**7
    assert f": {peak:.0f} bytes\na person" in PAGE
    rows = re.findall(r"^\| 10\^(\d+) \| ([\d.]+) \|", PAGE, re.MULTILINE)
    assert [int(power) for power, _ in rows] == [7, 8, 9]
    for power, gigabytes in rows:
        assert float(gigabytes) == pytest.approx(peak * 10 ** int(power) / 1e9, rel=0.02)


NAMED = sorted(set(re.findall(r"`(exchange|meeting|ties|transitions|launch|attraction)\.(\w+)`", PAGE)))


@pytest.mark.parametrize(("module", "function"), NAMED)
def test_what_must_be_defined_by_row_is_there(module, function):
    (source,) = (Path(__file__).parents[2] / "simulation").rglob(f"{module}.py")
    assert f"def {function}(" in source.read_text(encoding="utf-8")
