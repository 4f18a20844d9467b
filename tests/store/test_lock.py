"""One writer at a time; the lock goes with its process."""

import subprocess
import sys
import threading
import time

import pytest

from gis.base.errors import UsageError
from gis.store import lock

HOLD = """
import sys, time
from pathlib import Path
from gis.store import lock
with lock.writer(Path(sys.argv[1]), print):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_writer_is_told_who_holds_it_and_gives_up_in_time(tmp_path, holder, monkeypatch):
    monkeypatch.setattr(lock, "MOMENT", 0.1)
    told = []
    with (
        pytest.raises(UsageError, match="another run is writing") as caught,
        lock.writer(tmp_path, told.append, patience=0.3),
    ):
        pass
    assert len(told) == 1
    assert f"process {holder.pid}" in told[0].en
    assert f"进程 {holder.pid}" in caught.value.message("zh")
    with lock.if_free(tmp_path) as free:
        assert not free


def test_the_lock_of_a_killed_process_is_free(tmp_path, holder):
    threading.Timer(0.3, holder.kill).start()
    begun = time.monotonic()
    with lock.writer(tmp_path, print, patience=20):
        assert time.monotonic() - begun > 0.2
        with lock.if_free(tmp_path) as free:
            assert not free
    with lock.if_free(tmp_path) as free:
        assert free


def test_a_workspace_deleted_meanwhile_is_locked_anew(tmp_path):
    work = tmp_path / ".work"
    with lock.if_free(work) as free:
        assert free
        (work / "lock").unlink()
        with lock.if_free(work) as again:
            assert again


def test_a_place_that_takes_no_file_is_only_looked_at(tmp_path):
    (tmp_path / "file").write_text("x")
    with lock.if_free(tmp_path / "file" / ".work") as free:
        assert not free
