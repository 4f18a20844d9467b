"""Put the sample county's TOML into the wheel; everything else stands in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class WithCounty(build_py):
    """Builds as usual, then lays `layers/*.toml` beside the code that writes the sample."""

    def run(self) -> None:
        """Build, and copy; an editable install reads them where they stand."""
        super().run()
        if self.editable_mode:
            return
        into = Path(self.build_lib, "gis", "sample", "layers")
        into.mkdir(parents=True, exist_ok=True)
        for file in sorted(Path(__file__).parent.joinpath("layers").glob("*.toml")):
            shutil.copyfile(file, into / file.name)


setup(cmdclass={"build_py": WithCounty})
