"""Patterns of words by which texts of a file are told apart; they stand in `catalogue/patterns.toml`."""

from __future__ import annotations

import re

from gis.base.package_files import toml_of


def patterns(topic: str) -> dict[str, re.Pattern[str]]:
    """Give the patterns of a topic by their names."""
    return {name: re.compile(text) for name, text in toml_of("catalogue/patterns.toml")[topic].items()}
