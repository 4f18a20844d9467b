"""Set up, then check style and types, and run the whole test suite; `--full` adds what is heavy."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryFile

from environment import run

CHECKS = (
    ("-m", "ruff", "check", "."),
    ("-m", "ruff", "format", "--check", "."),
)
TYPES = ("-m", "mypy")
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
    for check in (*CHECKS, *(HEAVY if full else ())):
        failed |= told(check)
    with TemporaryFile("w+", encoding="utf-8") as said, ThreadPoolExecutor() as beside:
        types = beside.submit(run, *TYPES, said=said)  # where one worker of the tests waits for the other
        failed |= told(tests)
        failed |= types.result()
        said.seek(0)
        print(f"--- {' '.join(TYPES)}\n{said.read()}", flush=True)
    return failed


def told(check: tuple[str, ...]) -> int:
    """Name a check, run it and give its exit code."""
    print(f"--- {' '.join(check)}", flush=True)
    return run(*check)


if __name__ == "__main__":
    sys.exit(main())
