"""Set up, write the sample county, run everything, and say what to open."""

from __future__ import annotations

import sys

from environment import ROOT, run


def main() -> int:
    """Run the demo; the exit code is that of the first step that failed."""
    for arguments in (["sample"], ["run"]):
        code = run("-m", "gis", *arguments)
        if code:
            return code
    print(f"\nOpen {ROOT / 'maps' / 'index.html'} in a browser; no network is needed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
