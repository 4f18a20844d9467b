"""Set up, then check style and types, and run the whole test suite."""

from __future__ import annotations

import sys

from environment import run

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)


def main() -> int:
    """Run every check and test; further arguments go to pytest. Not 0 when anything failed."""
    failed = 0
    for check in CHECKS:
        print(f"--- {' '.join(check)}", flush=True)
        failed |= run("-m", *check)
    print("--- pytest", flush=True)
    return run("-m", "pytest", "-n", "2", "--dist", "loadscope", *sys.argv[1:]) or failed


if __name__ == "__main__":
    sys.exit(main())
