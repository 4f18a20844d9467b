"""A cluster of two workers, at hand or at an address, gives what one machine gives, also where one is killed."""

import os
import signal

import pytest
from land_by_seed import assert_same, assessed, county

from gis import land
from gis.base.errors import FileError, UsageError
from gis.base.messages import shown
from gis.engine import Threads
from gis.store import cluster as clusters
from gis.store.cluster import Dask

distributed = pytest.importorskip("distributed")
TABLES = county(3, 12, 5)


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as made:
        yield made


@pytest.fixture(scope="module")
def wanted():
    return assessed(land, TABLES, Threads(1))


@pytest.mark.full
def test_through_an_address_on_two_workers_it_is_that_of_one_machine(cluster, wanted, tmp_path):
    told, seen = [], []
    report = lambda done, of: seen.append((done, of))  # noqa: E731
    with clusters.opened(cluster.scheduler_address, tmp_path, told.append, report) as engine:
        assert engine.partitions(50_000, 100_000) == 5
        assert engine.partitions(1_000_000, 100_000) == 10
        engine.parts = 7
        assert_same(assessed(land, TABLES, engine), wanted)
    assert "看板 http://127.0.0.1:" in shown(told[0], "zh")
    assert seen[0][0] == 0
    assert seen[-1][0] == seen[-1][1] > 1
    assert not list(tmp_path.iterdir())


@pytest.mark.full
def test_a_killed_worker_changes_nothing(cluster, wanted, tmp_path):
    killed = []

    def kill(done, _of):
        if done == 1 and not killed:
            killed.extend(client.run(os.getpid).values())
            os.kill(killed[0], signal.SIGKILL)

    with distributed.Client(cluster) as client:
        assert_same(assessed(land, TABLES, Dask(client, tmp_path, kill, 7)), wanted)
        assert killed[0] not in client.run(os.getpid).values()


@pytest.mark.full
def test_a_cluster_of_this_machine_is_opened_and_closed(wanted, tmp_path):
    with clusters.opened(None, tmp_path, list, clusters.unreported) as engine:
        assert_same(assessed(land, TABLES, engine), wanted)


def test_what_a_worker_cannot_do_is_said(tmp_path, monkeypatch):
    with pytest.raises(FileError, match="cannot read the partitions"):
        clusters._task(str(tmp_path), 1, clusters.machinery())
    with pytest.raises(UsageError, match="numpy 0"):
        clusters._task(str(tmp_path), 1, "numpy 0")
    monkeypatch.setattr(clusters, "WAIT", 1)
    refused = clusters.opened("tcp://127.0.0.1:1", tmp_path, list, clusters.unreported)
    with pytest.raises(UsageError, match="no Dask scheduler"), refused:
        pass
