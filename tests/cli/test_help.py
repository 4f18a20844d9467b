"""Every command has help that is enough to use it, and is named in the README."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
import typer

from gis.cli.app import app

README = Path(__file__).parents[2] / "README.md"


def _commands(command: click.Command, name: str) -> dict[str, click.Command]:
    if not hasattr(command, "commands"):
        return {name: command}
    found: dict[str, click.Command] = {}
    for word, one in command.commands.items():
        found |= _commands(one, f"{name} {word}")
    return found


COMMANDS = _commands(typer.main.get_command(app), "gis")
NAMES = sorted(COMMANDS)


def test_the_commands_are_those_of_the_tour():
    assert sorted(
        ["gis run", "gis check", "gis scorecard", "gis trace", "gis sample", "gis init", "gis land area",
         "gis land ledger", "gis land conflict", "gis land conflicts",
         "gis land cover", "gis land compare", "gis water classify",
         "gis water assess",
         "gis air aqi", "gis air assess", "gis air surface", "gis water outlook", "gis air budget", "gis alerts",
         "gis water lakes", "gis water trend", "gis water index", "gis standards verify", "gis verify", "gis diff",
         "gis sheet"]
    ) == NAMES  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_command_has_help_for_itself_and_each_option(gis, name):
    result = gis(*name.split()[1:], "--help")
    assert result.exit_code == 0
    assert COMMANDS[name].help
    options = [one for one in COMMANDS[name].params if one.name != "help"]
    assert all(one.help for one in options), [one.name for one in options if not one.help]


@pytest.mark.parametrize(
    "name", [one for one in NAMES if one.count(" ") > 1 or one in ("gis check", "gis trace")]
)
def test_the_help_of_a_command_shows_an_example(name):
    assert f"Example: {name} " in COMMANDS[name].help


JUDGE_NOTHING = {"gis check", "gis init", "gis sample", "gis standards verify", "gis verify", "gis diff"}


@pytest.mark.parametrize("name", [one for one in NAMES if one not in JUDGE_NOTHING])
def test_every_command_that_judges_takes_a_day(name):
    assert any("--as-of" in one.opts for one in COMMANDS[name].params)


@pytest.mark.parametrize("name", NAMES)
def test_a_command_is_named_in_the_readme(name):
    assert name in README.read_text(encoding="utf-8")


HEAVY = ("pandas", "numpy", "geopandas", "shapely", "pyarrow", "rasterio", "gis.ingest", "gis.store.write")


@pytest.mark.parametrize("words", [[], ["air"], ["land", "area"], ["water", "outlook"], ["check"]])
def test_help_waits_for_no_library_of_tables_or_maps(words):
    program = (
        "import sys\n"
        "from gis.cli.app import main\n"
        "try:\n    main()\n"
        f"finally:\n    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    command = [sys.executable, "-c", program, *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert "Usage" in done.stdout
    assert done.stderr.strip() == "[]"
