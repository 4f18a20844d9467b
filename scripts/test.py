"""Set up, then check style and types, and run the whole test suite; `--full` adds what is heavy."""

from __future__ import annotations

import os
import sys

from environment import run

CHECKS = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
    ("-m", "mypy"),
)
HEAVY = (
    ("scripts/fuzz.py", "--cases", "1000", "--seed", "1"),
    ("scripts/kills.py", "--kills", "12", "--seed", "1"),
)
FULL = "--full"


def main() -> int:
    """Run every check and test; further arguments go to pytest. Not 0 when anything failed."""
    full, more = FULL in sys.argv[1:], [one for one in sys.argv[1:] if one != FULL]
    if full:
        os.environ["HYPOTHESIS_PROFILE"] = "full"
    tests = ("-m", "pytest", "-n", "2", "--dist", "loadscope", *more)
    failed = 0
    for check in (*CHECKS, *(HEAVY if full else ()), tests):
        print(f"--- {' '.join(check)}", flush=True)
        failed |= run(*check)
    return failed


if __name__ == "__main__":
    sys.exit(main())
