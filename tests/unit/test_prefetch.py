"""A hint to memory is in the machine code, changes nothing, and is nothing where nobody can give it."""

import os
import subprocess
import sys

import numba as nb
import numpy as np
import pytest

from simulation.people.columns import PERSON
from simulation.people.prefetch import LINE_BYTES, hint
from simulation.scenario.records import records

INTERPRETED = """
import numpy as np
from simulation.people.prefetch import hint
print(hint(np.zeros(3), 10**9))
"""
OTHER_NUMBA = """
import numba, numba.extending
del numba.extending.intrinsic
from simulation.people.prefetch import hint
import numpy as np
@numba.njit
def third(array):
    hint(array, 10**9)
    return array[2]
print(hint.__name__, third(np.arange(3)))
"""


def test_the_hint_is_there_for_each_line_and_changes_nothing():
    @nb.njit
    def skills(people, rows):
        total = 0.0
        for j in range(rows.size):
            hint(people, rows[j] + 10**9)  # far outside: no harm
            total += people[rows[j]].skill
        return total

    people = records(5, PERSON)
    people["skill"] = np.arange(5)
    before = people.tobytes()
    assert skills(people, np.array([1, 4, 4])) == 9.0
    assert people.tobytes() == before
    (code,) = skills.inspect_llvm().values()
    assert code.count("call void @llvm.prefetch") % (PERSON.itemsize // LINE_BYTES) == 0
    assert "call void @llvm.prefetch" in code


@pytest.mark.parametrize(("script", "said"), [(INTERPRETED, "None\n"), (OTHER_NUMBA, "_nothing 2\n")])
def test_where_nobody_can_give_it_it_is_nothing(script, said):
    env = os.environ | ({"NUMBA_DISABLE_JIT": "1"} if script is INTERPRETED else {})
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == said
