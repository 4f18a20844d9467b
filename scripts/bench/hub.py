"""The package aqi-hub, each release in an environment of its own: 0.2 is HJ 633-2012, 0.3 is HJ 633-2026."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

RELEASES = {"hj633-2012": "0.2", "hj633-2026": "0.3"}
PEER = """
import json, sys, time, warnings
from importlib.metadata import version
from aqi_hub.aqi_cn.aqi import AQI, cal_iaqi_cn
warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
items = {item: [cal_iaqi_cn(item.upper(), value) for value in values] for item, values in asked["items"].items()}
start, used = time.perf_counter(), time.process_time()
made = [AQI(*row, asked["report"]) for row in asked["rows"]]
rows = [(one.AQI, one.IAQI, one.primary_pollutant) for one in made]
seconds, cpu = time.perf_counter() - start, time.process_time() - used
json.dump({"version": version("aqi-hub"), "items": items, "rows": rows, "seconds": seconds, "cpu": cpu}, sys.stdout)
"""


class NoHubError(Exception):
    """The package cannot be installed here; the text says why."""


def environment(edition: str, folder: Path) -> Path:
    """Make an environment with the release for an edition below `folder`, once, and give its Python."""
    home = folder / edition
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    wanted = f"aqi-hub=={RELEASES[edition]}.*"
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", wanted], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NoHubError(done.stderr.strip().splitlines()[-1])
    return python


def ask(
    python: Path, report: str, rows: list[list[float]], items: dict[str, list[float]] | None = None
) -> Any:
    """Give what aqi-hub answers to rows of PM2.5, PM10, SO2, NO2, CO, O3 and to values of single items.

    Returns
    -------
    answer
        version; items: IAQI by item; rows: AQI, IAQI by pollutant, primary pollutants; seconds and cpu for the rows.
    """
    asked = json.dumps({"report": report, "rows": rows, "items": items or {}})
    done = subprocess.run(
        [str(python), "-c", PEER], input=asked, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return json.loads(done.stdout)
