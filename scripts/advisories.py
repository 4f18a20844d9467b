"""Hold requirements.lock against the advisories that OSV publishes, by pip-audit; say so where OSV is out of reach.

python scripts/advisories.py     # 1 where an advisory is known, 0 where none is, or where nothing could be asked
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from environment import ROOT, python

DATABASE, SECONDS, MOST = "api.osv.dev", 3, 120
TOOL = "pip-audit>=2.7"


def main() -> int:
    """Audit; what the network lacks is no fault of the lock."""
    if not reached(DATABASE):
        return unasked(f"{DATABASE} cannot be reached")
    with tempfile.TemporaryDirectory(prefix="gis-advisories-") as folder:
        venv.create(folder, with_pip=True)
        own = str(python(Path(folder)))
        pip = [own, "-m", "pip", "--disable-pip-version-check", "-q", "install", TOOL]
        lock = ["--disable-pip", "--require-hashes", "-r", str(ROOT / "requirements.lock")]
        audit = [own, "-m", "pip_audit", "-s", "osv", "--progress-spinner", "off", *lock]
        try:
            subprocess.run(pip, check=True, timeout=MOST)
            done = subprocess.run(audit, capture_output=True, text=True, check=False, timeout=MOST)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            return unasked(str(error))
    print(done.stdout + done.stderr)
    if done.returncode and "known vulnerabilit" not in done.stderr:
        return unasked("pip-audit failed")
    return done.returncode


def reached(host: str) -> bool:
    """Tell whether a host answers, directly or by the proxy that the environment names."""
    if os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy"):
        return True
    try:
        with socket.create_connection((host, 443), timeout=SECONDS):
            return True
    except OSError:
        return False


def unasked(why: str) -> int:
    """Say that nothing was checked."""
    print(f"the dependencies were NOT checked against advisories: {why}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
