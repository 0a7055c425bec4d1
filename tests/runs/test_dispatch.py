"""Handing work to workers: what dies is done again, who kills is found, who differs is refused. No process is started."""

from types import SimpleNamespace

import pytest

from simulation.runs import versions as machine
from simulation.runs.dispatch import Dispatch, checked
from simulation.runs.interrupts import Interrupts
from simulation.runs.versions import SOURCES, refusal, versions
from simulation.scenario.errors import BadInput, ClusterLost


class Future:
    """A future that is done when it is made."""

    def __init__(self, key, end):
        self.key, self.end = key, end

    def add_done_callback(self, tell):
        tell(self)

    def result(self):
        found = self.end()
        if isinstance(found, BaseException):
            raise found
        return found


class Client:
    """Stands for a cluster: ``ends`` says how the n-th part of the plan ends, else it is done."""

    def __init__(self, ends=()):
        self.status, self.ends, self.sent, self.under_way = "running", dict(ends), [], []

    def nthreads(self):
        return {"a": 1}

    def submit(self, function, *args, pure):
        part = args[-1]
        n = len(self.sent)
        self.sent.append(list(part))
        end = self.ends.get(n) or self.ends.get(tuple(part)) or (lambda: function(*args))
        return Future(str(n), end)

    def cancel(self, futures, force):
        self.under_way = futures


def killed():
    from distributed import KilledWorker

    return KilledWorker("part", SimpleNamespace(address="tcp://worker"), 1)


def cancelled():
    from distributed import CancelledError

    return CancelledError("part")


def dispatch(client):
    return Dispatch(client, "cluster=tcp://there:1", Interrupts(), lambda part: (sorted, part))


def test_a_part_that_nobody_has_any_more_is_done_again():
    client = Client({0: cancelled, 1: cancelled, 3: cancelled})
    found = list(dispatch(client).over([[1, 2], [3], [4, 5]]))
    assert sorted(found) == [([1, 2], [1, 2]), ([3], [3]), ([4, 5], [4, 5])]
    assert len(client.sent) == 6


def test_the_run_that_kills_is_found_and_the_others_of_its_part_are_done():
    deadly = {(1, 2, 3): killed, (2,): killed, (6, 7): killed}  # 6 and 7 only waited behind it
    client = Client(deadly)
    found = list(dispatch(client).over([[1, 2, 3], [4, 5], [6, 7]]))
    assert sorted(part for part, result in found if result is None) == [[2]]
    assert sorted(result for _, result in found if result is not None) == [[1], [3], [4, 5], [6], [7]]
    assert client.sent[3:] == [[1], [2], [3], [6], [7]]  # last, and one after another


def test_a_worker_that_joined_with_another_version_is_refused_and_its_runs_are_not_kept():
    other = versions() | {"numpy": "1.0"}
    client = Client({1: lambda: (other, None)})
    found = []
    with pytest.raises(BadInput) as error:
        found.extend(dispatch(client).over([[1], [2], [3]]))
    mine = versions()["numpy"]
    assert str(error.value) == (
        f"cluster=tcp://there:1: a worker that joined has numpy 1.0, here it is {mine}; its runs are not kept"
    )
    assert ([2], [2]) not in found


def test_a_worker_runs_nothing_for_a_command_of_another_version():
    def never():
        raise AssertionError

    assert checked(versions() | {SOURCES: "other"}, never) == (versions(), None)


@pytest.mark.parametrize("name", ["Python", "numpy", "numba", "scipy", "mesa", SOURCES])
def test_a_version_that_differs_is_named_with_both(name):
    assert refusal(versions()) is None
    theirs = versions() | {name: "0.0"}
    assert refusal(theirs) == f"has {name} 0.0, here it is {versions()[name]}"
    assert refusal({k: v for k, v in theirs.items() if k != name}) == f"has {name} none, here it is {versions()[name]}"


def test_the_rules_of_this_process_are_among_its_versions():
    assert machine.versions()[SOURCES] == machine.SOURCES_HASH


def test_a_worker_that_cannot_run_the_project_is_refused_in_one_line():
    client = Client({0: lambda: ModuleNotFoundError("no module\nmore")})
    with pytest.raises(BadInput) as error:
        list(dispatch(client).over([[1]]))
    assert str(error.value) == (
        "cluster=tcp://there:1: a worker cannot run this project (ModuleNotFoundError: no module)"
    )


def test_a_scheduler_that_is_gone_is_said():
    client = Client()
    client.status = "closed"
    client.submit = lambda *args, pure: Silent()
    with pytest.raises(ClusterLost) as error:
        list(dispatch(client).over([[1]]))
    assert str(error.value) == "cluster=tcp://there:1: the scheduler is gone"


class Silent(Future):
    def __init__(self):
        super().__init__("never", None)

    def add_done_callback(self, tell):
        pass


def test_ctrl_c_keeps_what_is_done_and_hands_out_no_more():
    client = Client()
    work = dispatch(client)
    found = []
    with pytest.raises(KeyboardInterrupt):
        for part, _ in work.over([[k] for k in range(10)]):
            if not found:
                work.interrupts._hear()
            found.append(part)
    assert found == [[0], [1], [2]]  # three were under way for the one worker
    assert client.sent == [[0], [1], [2]]
