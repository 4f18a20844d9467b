"""Make `.venv` and `.venv-docs` with their locked dependencies; standard library only, safe to repeat."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
DOCS_VENV = ROOT / ".venv-docs"
OLDEST = (3, 11)


def python(folder: Path = VENV) -> Path:
    """Give the interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ready() -> Path:
    """Make or update `.venv` where the lock or the interpreter changed, and give its interpreter."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}.")
    if _make(VENV, "requirements.lock", "pyproject.toml"):
        install = [*_pip(VENV), "--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
        subprocess.run(install, check=True)
        _stamp(VENV, "requirements.lock", "pyproject.toml")
    return python()


def ready_for_docs() -> Path:
    """Make or update `.venv-docs`, which has the tools of the docs and sees the packages of this interpreter."""
    if _make(DOCS_VENV, "requirements-docs.lock"):
        _stamp(DOCS_VENV, "requirements-docs.lock")
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(DOCS_VENV), "platbase": str(DOCS_VENV)}))
    (own / "project.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python(DOCS_VENV)


def run(*arguments: str, said: IO[str] | None = None) -> int:
    """Run the interpreter of `.venv` from the project's folder, its words into a file if one is given."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    command = [str(ready()), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=said, check=False).returncode


def _make(folder: Path, lock: str, *more: str) -> bool:
    """Install the lock into a new environment; False where it stands already as it should."""
    stamp = folder / "installed.txt"
    if (
        stamp.exists()
        and stamp.read_text(encoding="utf-8") == _fingerprint(lock, *more)
        and python(folder).exists()
    ):
        return False
    print(f"Setting up {folder.name} from {lock} (once; about a minute) ...", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    install = [*_pip(folder), "--no-compile", "--require-hashes", "-r", str(ROOT / lock)]
    subprocess.run(install, check=True)  # what is imported is compiled then, the rest never
    return True


def _pip(folder: Path) -> list[str]:
    return [str(python(folder)), "-m", "pip", "--disable-pip-version-check", "install"]


def _stamp(folder: Path, *names: str) -> None:
    (folder / "installed.txt").write_text(_fingerprint(*names), encoding="utf-8")


def _fingerprint(*names: str) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in names:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()
