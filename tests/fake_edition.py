"""Editions of one page and one table, and a check of their chain that reads nothing but the files."""

import json
import re
from itertools import count
from pathlib import Path

from gis.base.hashing import of_file
from gis.store import edition as shelf
from gis.store.place import prepare

A, B, C = (f"2021-12-31-0000000{at}" for at in "abc")


def publish(out: Path, name: str) -> Path:
    prepare(out)
    number = next(publish.numbers)
    return shelf.publish(
        out,
        name,
        {"water.html": f"{name} {number}"},
        {"edition": name},
        lambda folder: shelf.write_text("1", folder / "tables" / "figures.csv"),
        lambda link: f'<a href="{name}/water.html"></a>{link.sha256}',
    )


publish.numbers = count()


def verify(out: Path) -> list[str]:
    """Follow the chain from its files alone, and every link of the index; give the editions of the chain."""
    files = sorted((out / "history").iterdir())
    before, editions = None, []
    for number, path in enumerate(files, start=1):
        manifest = json.loads(path.read_text("utf-8"))
        assert manifest["link"] == number
        assert manifest["previous"] == before
        assert path.name == f"{number:05d}-{manifest['edition']}.json"
        before = of_file(path)
        editions.append(manifest["edition"])
    index = (out / "index.html").read_text("utf-8")
    for target in re.findall('href="([^"#:]+)"', index):
        assert (out / target).is_file()
    return editions
