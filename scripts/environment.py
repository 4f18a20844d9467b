"""Make `.venv` with the locked dependencies; standard library only, safe to repeat."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.txt"
OLDEST = (3, 11)


def python() -> Path:
    """Give the interpreter of `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ready() -> Path:
    """Make or update `.venv` where the lock or the interpreter changed, and give its interpreter."""
    if sys.version_info < OLDEST:
        sys.exit(f"Python {'.'.join(map(str, OLDEST))} or newer is needed; this is {sys.version.split()[0]}.")
    wanted = _fingerprint()
    if not STAMP.exists() or STAMP.read_text(encoding="utf-8") != wanted or not python().exists():
        print("Setting up .venv from requirements.lock (once; about a minute) ...", flush=True)
        venv.create(VENV, with_pip=True, clear=True)
        pip = [str(python()), "-m", "pip", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True)
        subprocess.run([*pip, "--quiet", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
        STAMP.write_text(wanted, encoding="utf-8")
    return python()


def run(*arguments: str) -> int:
    """Run the interpreter of `.venv` from the project's folder and give its exit code."""
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run([str(ready()), *arguments], cwd=ROOT, env=environment, check=False).returncode


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()
