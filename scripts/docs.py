"""Build the docs, reference pages first, into a folder that opens from file:// without a network.

    python scripts/docs.py [-o DIR]             # DIR is build/docs/site, or new, empty or an earlier site
    python scripts/docs.py --notebooks FOLDER   # run the notebooks on FOLDER/layers and FOLDER/maps, write them there

Strict: a link, an anchor or a name of the API that leads nowhere ends it with 1. After scripts/demo.py,
`--notebooks .` renews what the notebooks of this repository show.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from environment import ROOT, ready, ready_for_docs


def main() -> int:
    """Build with the tools of `.venv-docs`, beside the packages of this interpreter where it has them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, default=ROOT / "build" / "docs" / "site")
    parser.add_argument("--notebooks", type=Path, metavar="FOLDER")
    asked = parser.parse_args()
    work = ("build", asked.output) if asked.notebooks is None else ("notebook", asked.notebooks)
    if sys.prefix == sys.base_prefix:
        command = [str(ready()), str(Path(__file__).resolve()), *sys.argv[1:]]
    else:
        command = [str(ready_for_docs()), "-m", f"docs_parts.{work[0]}", str(work[1].resolve())]
    rooms = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": rooms, "NO_COLOR": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
