"""A Dask cluster as an engine: partitions stand in the workspace as (Geo)Parquet, and its workers work them.

A task is a file and a number, so that any worker may do it, twice as well as once.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from logging import CRITICAL
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely

import gis
from gis.base.errors import FileError, UsageError
from gis.base.messages import Message
from gis.engine import Engine, Partition, R, Threads
from gis.store.hashing import of_source
from gis.store.phrases import phrase, refusal
from gis.store.workspace import BUILDING, load, save, storable

Report = Callable[[int, int], None]
WORK = "work.pickle"
RETRIES = 2  # of a task that failed; one whose worker died is done again in any case
TURNS, LEAST = 4, 10  # partitions a core, where they are not smaller than a tenth of the largest
WAIT = 30  # s for the scheduler and its first worker


def unreported(_done: int, _of: int) -> None:
    """Report nothing."""


class Dask(Threads):
    """Partitions on the workers of a cluster; all else on the threads of this machine.

    Parameters
    ----------
    client
        Of `distributed`; None works the same tasks by Dask's synchronous scheduler in this process.
    folder
        Where partitions stand while they are worked on; every worker sees it by the same path.
    report
        Called with the partitions that are done, and their number.
    parts
        How many partitions to make; by the rows and the cores when None.
    """

    def __init__(
        self, client: Any, folder: Path, report: Report = unreported, parts: int | None = None
    ) -> None:
        super().__init__()
        self.client, self.folder, self.report, self.parts = client, folder, report, parts

    def partitions(self, rows: int, most: int) -> int:
        """Say into how many partitions so many rows go: several a core, none too large for a worker."""
        cores = 1 if self.client is None else sum(self.client.nthreads().values())
        wanted = max(-(-rows // most), min(TURNS * cores, rows * LEAST // most))
        return self.parts or max(wanted, 1)

    def spread(self, work: Callable[[Partition, Engine], R], parts: Iterable[Partition]) -> list[R]:
        """Write the partitions, have each worked once at least, and give the results in their order.

        Raises
        ------
        UsageError
            Workers died of a partition again and again, or have other code or libraries.
        FileError
            A worker does not see the folder.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=self.folder.resolve(), prefix=BUILDING, ignore_cleanup_errors=True
        ) as folder:
            (Path(folder) / WORK).write_bytes(pickle.dumps(work))
            number = 0
            for number, part in enumerate(parts, 1):
                save(Path(folder) / str(number), {name: storable(frame) for name, frame in part.items()})
            self.report(0, number)
            return self._worked(folder, number)

    def _worked(self, folder: str, number: int) -> list[Any]:
        tasks = [(folder, at, machinery()) for at in range(1, number + 1)]
        if self.client is None:
            import dask

            return list(dask.compute(*(dask.delayed(_task)(*one) for one in tasks), scheduler="synchronous"))
        from distributed import KilledWorker, as_completed

        futures = self.client.map(_task, *zip(*tasks, strict=True), pure=False, retries=RETRIES)
        place, results = {future.key: at for at, future in enumerate(futures)}, [None] * number
        try:
            for done, (future, result) in enumerate(as_completed(futures, with_results=True), 1):
                results[place[future.key]] = result
                future.release()
                self.report(done, number)
        except KilledWorker as error:
            raise refusal(UsageError, "workers_died", found=str(error)) from error
        finally:
            self.client.cancel(futures)
        return results


@contextmanager
def opened(
    scheduler: str | None, folder: Path, tell: Callable[[Message], None], report: Report
) -> Iterator[Dask]:
    """Open the cluster at an address, or one of this machine's cores, say where its dashboard is, and close it.

    Raises
    ------
    UsageError
        Dask is not installed, or nobody answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise refusal(UsageError, "no_dask", found=str(error)) from error
    with ExitStack() as stack:
        if scheduler is None:
            at: Any = stack.enter_context(LocalCluster(
                n_workers=os.cpu_count(), threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=CRITICAL
            ))  # fmt: skip
        else:
            at = scheduler
        try:
            client = stack.enter_context(Client(at, timeout=WAIT))
            client.wait_for_workers(1, timeout=WAIT)
        except (OSError, TimeoutError, ValueError) as error:
            raise refusal(UsageError, "no_scheduler", found=str(error), address=scheduler) from error
        tell(phrase("cluster_opened", workers=len(client.nthreads()), link=client.dashboard_link))
        yield Dask(client, folder, report)


@cache
def machinery() -> str:
    """Name the code and the libraries that numbers come from."""
    code = of_source(Path(gis.__file__).parent)[:8]
    return (
        f"gis {code}, numpy {np.__version__}, pandas {pd.__version__}, shapely {shapely.__version__}, "
        f"GEOS {shapely.geos_version_string}, pyproj {pyproj.__version__}, PROJ {pyproj.proj_version_str}"
    )


def _task(folder: str, number: int, asked: str) -> Any:
    """Do one partition; `asked` is the `machinery` of the one who asks."""
    if asked != machinery():
        raise refusal(UsageError, "other_machinery", found=machinery(), asked=asked)
    part = load(Path(folder) / str(number))
    if part is None:
        raise refusal(FileError, "partition_unseen", folder)
    return _work_of(folder)(part, Threads(1))


@lru_cache(maxsize=1)
def _work_of(folder: str) -> Callable[[Partition, Engine], Any]:
    """Give what is done with each partition of a folder, with the lines that all are cut by."""
    made: Callable[[Partition, Engine], Any] = pickle.loads((Path(folder) / WORK).read_bytes())  # noqa: S301  our own
    return made
