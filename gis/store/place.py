"""The folder that editions go to: ours, empty or new; anything else is somebody's and stays as it is."""

from __future__ import annotations

import os
import re
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.store.chain import HISTORY, Link, chain
from gis.store.phrases import refusal

WORK, INDEX = ".work", "index.html"
BESIDE = re.compile(
    r"\.gitkeep|\.gitignore|\.keep|\.ds_store|thumbs\.db|desktop\.ini|readme\.md|gis-error-\d+\.log",
    re.IGNORECASE,
)
NAMED = 5
ELSEWHERE = Message("用 --out 另选一个空文件夹或新文件夹", "--out with an empty or a new folder")


def require_ours(out: Path, layers: Path) -> None:
    """Refuse a folder that holds what is not ours, before anything is read or written.

    Parameters
    ----------
    out
        New, empty but for a note or the workspace, or one that was published in before.
    layers
        The county's folder; nothing is published inside it.

    Raises
    ------
    UsageError
        It is a file, lies in the county's folder, or holds other things.
    """
    if lies_in(out, layers):
        raise refusal(UsageError, "folder_in_county", str(out), found=str(layers))
    if out.exists() and not out.is_dir():
        raise refusal(UsageError, "is_a_file", str(out), fix=ELSEWHERE)
    for name in (HISTORY, WORK):
        if (out / name).is_symlink():
            raise refusal(UsageError, "link_to_elsewhere", str(out / name))
    if foreign := _foreign(out):
        shown = listed(foreign, most=NAMED)
        raise refusal(UsageError, "folder_of_others", str(out), found=shown, fix=ELSEWHERE)


def workspace_of(out: Path) -> Path | None:
    """Give the workspace of a folder that is ours, empty or new, or None where nothing of ours may stand."""
    try:
        return None if _foreign(out) or (out / WORK).is_symlink() else out / WORK
    except OSError:
        return None


def prepare(out: Path) -> Path:
    """Make the workspace, in the place of whatever keeps it from being one, and give it.

    Raises
    ------
    OSError
        The folder does not take files.
    """
    work = out / WORK
    out.mkdir(parents=True, exist_ok=True)
    if work.exists() and not work.is_dir():
        work.unlink()
    work.mkdir(exist_ok=True)
    if not _takes_files(work):
        with suppress(OSError):
            work.chmod(work.stat().st_mode | stat.S_IRWXU)
    if not _takes_files(work):
        work.rename(free_name(out, f"{WORK}-old"))
        work.mkdir()
    return work


def is_ours(index: Path, links: list[Link]) -> bool:
    """Tell whether an index page is one of this history: it names a link of it."""
    text = index.read_text(encoding="utf-8", errors="replace")
    return any(link.sha256 in text or link.edition in text for link in links)


def clear(path: Path) -> None:
    """Remove what stands at a place of the workspace, a folder or not, never through a link."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def lies_in(path: Path, folder: Path) -> bool:
    """Tell whether a path, there or not, is a folder or lies in it, whatever the links and the case."""
    if not folder.exists():
        return False
    whole = path.resolve()
    return any(one.exists() and one.samefile(folder) for one in (whole, *whole.parents))


def _foreign(out: Path) -> list[str]:
    """List the names that keep a folder from being ours."""
    if not out.is_dir():
        return []
    if links := chain(out):
        index = out / INDEX
        ours = not index.is_symlink() and (not index.exists() or (index.is_file() and is_ours(index, links)))
        return [] if ours else [INDEX]
    return sorted(path.name for path in out.iterdir() if not (BESIDE.fullmatch(path.name) or _begun(path)))


def _begun(path: Path) -> bool:
    """Tell whether a folder is what a first run makes before it publishes anything."""
    if not path.is_dir() or path.is_symlink():
        return False
    return path.name == WORK or (path.name == HISTORY and not any(path.iterdir()))


def _takes_files(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def free_name(folder: Path, name: str) -> Path:
    """Give a name that nothing has yet in a folder: this one, or it with a number."""
    numbers = range(1, len(list(folder.iterdir())) + 3)
    return next(
        path for at in numbers if not (path := folder / (name if at == 1 else f"{name}-{at}")).exists()
    )
