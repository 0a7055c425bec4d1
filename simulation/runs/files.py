"""The files of a results folder: whole or not at all, each entered in manifest.json; what does not stand there is nobody's to replace."""

import csv
import errno
import hashlib
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from simulation.scenario.errors import BadInput, NotKept

MANIFEST = "manifest.json"
WORK = ".flywheel"  # in each results folder: what is being written, and results that wait for their place
CURES = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room within your quota",
    errno.EMFILE: "allow more open files, such as ulimit -n 1024",
    errno.ENFILE: "allow more open files",
    errno.ENOENT: "the folder was removed meanwhile",
    errno.EIO: "the disk does not answer as it should, choose a folder on another one",
    errno.EROFS: "the disk can only be read, choose a folder on another one",
    errno.EACCES: "give yourself the permission",
    errno.EPERM: "give yourself the permission",
}
GONE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EIO)  # then a file is not what was written

Writer = Callable[[BinaryIO], Any]


def digest(path: Path) -> str:
    """Return 16 hex digits of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


@contextmanager
def said(path: Path, what: str = "written") -> Iterator[None]:
    """Say in one sentence which file the system refuses, why, and what helps."""
    try:
        yield
    except OSError as error:
        cure = CURES.get(error.errno or 0, "see to it")
        raise NotKept(f"{path} cannot be {what} ({error.strerror or error}); {cure}") from None


def table_writer(rows: Iterable[dict[str, Any]]) -> Writer | None:
    """Return what writes rows, which have the same columns, as CSV with nine significant digits; None without rows."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return None

    def write(file: BinaryIO) -> None:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        writer = csv.DictWriter(text, list(first))
        writer.writeheader()
        for row in chain([first], rows):
            writer.writerow({k: f"{v:.9g}" if isinstance(v, float) else v for k, v in row.items()})
        text.detach()

    return write


def free(path: Path, word: str) -> Path:
    """Return a name beside ``path`` that nobody has."""
    names = (path.with_name(f"{path.name}.{word}{n or ''}") for n in range(10**6))
    return next(name for name in names if not os.path.lexists(name))


class Files:
    """The files of one folder that are ours, with the digest of what was written, by name.

    A kill at any moment leaves the manifest as it was or as it is to be: files are written apart, entered together, and
    only then put in their place; :meth:`recover` ends what was cut short.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.head: dict[str, Any] = {}
        self.entries: dict[str, str] = {}

    def read(self) -> bool:
        """Take up what the manifest says and return whether there is one; raises BadInput where it is none of ours."""
        path = self.folder / MANIFEST
        if not os.path.lexists(path):
            return False
        try:
            head = json.loads(path.read_bytes())
            entries = head.pop("files")
            clean = head["config"]["study"]["name"] and all(_inside(name) for name in entries)
        except OSError as error:
            raise BadInput(f"{path}: the file cannot be read ({error.strerror})") from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            clean = False
        if not clean:
            raise BadInput(f"{path}: this is no manifest of a results folder, or a damaged one; choose another folder")
        self.head, self.entries = head, entries
        return True

    def there(self, prefix: str = "") -> list[str]:
        """Return the names that are entered and stand in the folder, sorted."""
        return sorted(n for n in self.entries if n.startswith(prefix) and (self.folder / n).is_file())

    def ours(self, name: str) -> bool:
        """Return whether what stands under a name is what was written there; raises NotKept where that cannot be told."""
        path = self.folder / name
        try:
            return self.entries.get(name) == digest(path)
        except OSError as error:
            if error.errno in GONE:
                return False
            with said(path, "read"):
                raise

    def put(self, writers: Mapping[str, Writer]) -> None:
        """Write files by name, all of them or none; raises NotKept where the system does not let us."""
        new = {}
        try:
            for name, write in writers.items():
                with said(self.folder / name):
                    new[name] = self._write_apart(self._waiting(name), write)
            for name in new:
                with said(self.folder / name):
                    self.make_room(name)
        except BaseException:
            shutil.rmtree(self._waiting(""), ignore_errors=True)
            raise
        self.entries |= new
        self.enter()
        for name in new:
            with said(self.folder / name):
                self._waiting(name).replace(self.folder / name)

    def enter(self) -> None:
        """Write the manifest."""
        path = self.folder / MANIFEST
        files = json.dumps(self.entries, separators=(",\n  ", ": "))  # of 28,000 names: half the time of an indent
        text = json.dumps(self.head | {"files": 0}, indent=1).removesuffix("0\n}") + files + "\n}\n"
        with said(path):
            apart = self.folder / WORK / MANIFEST
            self._write_apart(apart, lambda file: file.write(text.encode()))
            apart.replace(path)

    def make_room(self, name: str) -> None:
        """Keep what stands in a result's place, unless we wrote it, under another name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(path) and not self.ours(name):
            kept = path.rename(free(path, "kept"))
            print(f"{path}: this is not what was written there; it is kept as {kept.name}", file=sys.stderr)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files of ours; what is not ours any more stays."""
        for name in list(names):
            if self.ours(name):
                with said(self.folder / name, "removed"):
                    (self.folder / name).unlink()
            del self.entries[name]

    def set_aside(self, name: str) -> None:
        """Keep a damaged file under another name."""
        path = self.folder / name
        del self.entries[name]
        with said(path, "renamed"):
            kept = path.rename(free(path, "damaged"))
        print(f"{path}: the file is damaged; it is kept as {kept.name}, and its runs are done again", file=sys.stderr)

    def recover(self) -> None:
        """End what a killed command had begun: files that are entered come to their place, others never were."""
        waiting = self._waiting("")
        for path in sorted(p for p in waiting.rglob("*") if p.is_file()):
            name = path.relative_to(waiting).as_posix()
            with said(path, "read"):
                if self.entries.get(name) == digest(path):
                    (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                    path.replace(self.folder / name)
        shutil.rmtree(waiting, ignore_errors=True)

    def _waiting(self, name: str) -> Path:
        return self.folder / WORK / "new" / name

    def _write_apart(self, path: Path, write: Writer) -> str:
        self.folder.stat()  # what somebody removed does not come back in part
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        return digest(path)


def _inside(name: str) -> bool:
    """Return whether a name leads to a place within the folder."""
    path = PurePosixPath(name)
    return not path.is_absolute() and path.parts != () and ".." not in path.parts and path.parts[0] != WORK


def swap(old: Files, new: Files) -> None:
    """Put the files of ``new`` in the place of those of ``old``, the manifest last; killed, the same again ends it."""
    for name in new.there():
        old.make_room(name)
        (new.folder / name).replace(old.folder / name)
    for name in sorted(old.entries.keys() - new.entries.keys()):
        path = old.folder / name
        if old.ours(name):
            path.unlink()
        elif os.path.lexists(path):
            print(f"{path}: this is not what was written there; it stays", file=sys.stderr)
        with suppress(OSError):
            path.parent.rmdir()  # where it is empty
    (new.folder / MANIFEST).replace(old.folder / MANIFEST)
