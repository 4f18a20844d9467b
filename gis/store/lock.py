"""One writer at a time in a folder of editions; the lock is the system's, so it dies with its process."""

from __future__ import annotations

import datetime as dt
import errno
import getpass
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.store.phrases import phrase, refusal
from gis.store.place import clear

FILE = "lock"
MOMENT, PATIENCE, PAUSE = 1.0, 900.0, 0.1
FAR = 1 << 30  # Windows locks bytes: one beyond the note, which stays readable
BUSY = frozenset((errno.EACCES, errno.EAGAIN, errno.EDEADLK, errno.EWOULDBLOCK))
ANONYMOUS = Message("另一个进程", "another process")
Tell = Callable[[Message], object]


@contextmanager
def writer(work: Path, tell: Tell, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only writer; wait for another one, and say after a moment who it is.

    Parameters
    ----------
    work
        The workspace; must exist.
    tell
        Called once with who holds the lock.
    patience
        Seconds to wait at most.

    Raises
    ------
    UsageError
        The other one did not end in time.
    """
    begun, told = time.monotonic(), False
    while (held := _take(work / FILE)) is None:
        waited = time.monotonic() - begun
        if waited > MOMENT and not told:
            told = True
            tell(phrase("run_waits", who=_holder(work)))
        if waited > patience:
            raise refusal(UsageError, "folder_in_use", str(work.parent), found=_holder(work))
        time.sleep(PAUSE)
    try:
        yield
    finally:
        _give_back(held)


@contextmanager
def if_free(work: Path) -> Iterator[bool]:
    """Be the only writer if nobody else is one and the workspace takes files; else only look."""
    held = None
    with suppress(OSError):
        work.mkdir(parents=True, exist_ok=True)
        held = _take(work / FILE)
    try:
        yield held is not None
    finally:
        if held is not None:
            _give_back(held)


def _take(path: Path) -> int | None:
    """Open and lock the file, or give None while another one holds it."""
    if path.is_dir():
        clear(path)
    while True:
        opened = _open(path)
        try:
            if not _locked(opened):
                os.close(opened)
                return None
            if _still_there(opened, path):
                _sign(opened)
                return opened
        except BaseException:
            os.close(opened)
            raise
        os.close(opened)


def _open(path: Path) -> int:
    """Open the file of the lock; the one of another user is only read, which is enough to lock it."""
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        return os.open(path, os.O_RDONLY)


def _still_there(opened: int, path: Path) -> bool:
    """Tell whether the file that is locked is the one that others will find (the folder may be deleted)."""
    try:
        return os.path.samestat(os.fstat(opened), path.stat())
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return False


def _sign(opened: int) -> None:
    note = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "user": user() or "?",
        "since": f"{dt.datetime.now().astimezone():%H:%M:%S}",
    }
    with suppress(OSError):  # a full disk: the lock holds without the note
        os.ftruncate(opened, 0)
        os.write(opened, json.dumps(note).encode())


def _give_back(opened: int) -> None:
    with suppress(OSError):
        os.ftruncate(opened, 0)
    os.close(opened)


def _holder(work: Path) -> Message:
    try:
        note = json.loads((work / FILE).read_text(encoding="utf-8"))
        return phrase(
            "run_holding", user=note["user"], host=note["host"], pid=note["pid"], since=note["since"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return ANONYMOUS


def user() -> str:
    """Give the name of who is at the keyboard; empty where the system has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


if sys.platform == "win32":
    import msvcrt

    def _locked(opened: int) -> bool:
        os.lseek(opened, FAR, os.SEEK_SET)
        try:
            msvcrt.locking(opened, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in BUSY:
                return False
            raise
        finally:
            os.lseek(opened, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _locked(opened: int) -> bool:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            # A share without locks answers with another errno: there nobody can be asked to wait.
            return error.errno not in BUSY
        return True
