"""The log of an exception that nobody foresaw: written for those who mend the program, beside what the user has."""

from __future__ import annotations

import datetime as dt
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

from gis import __version__

NAME = "gis-error-{:%Y%m%d}.log"


def write_log(error: BaseException, folders: Iterable[Path]) -> Path | None:
    """Append an exception with its traceback to the log of the day.

    Parameters
    ----------
    folders
        Where the log may stand, the most welcome place first; the folder for temporary files is the last.

    Returns
    -------
    path
        None where none of them can be written.
    """
    now = dt.datetime.now().astimezone()
    text = "".join(traceback.format_exception(error))
    if "--public" in sys.argv:  # what an exception says may quote a cell
        text = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
    about = f"gis {__version__} · Python {platform.python_version()} · {platform.system()}"
    for folder in (*folders, Path(tempfile.gettempdir())):
        path = folder / NAME.format(now)
        try:
            if not folder.is_dir() or path.is_symlink():
                continue
            with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(
                    f"{now.isoformat(timespec='seconds')} · {about}\n{' '.join(sys.argv[1:])}\n{text}\n"
                )
        except OSError:
            continue
        return path
    return None
