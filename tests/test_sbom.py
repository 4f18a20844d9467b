"""The list of a kit's parts has what CycloneDX asks for, and the advisories say where they were not asked."""

import re
import sys
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))  # a script finds its neighbours there

import advisories  # noqa: E402
from kit_parts.sbom import sbom  # noqa: E402

SAID = (
    "Name: changshu-monitor\nVersion: 0.2.0\nLicense-Expression: BSD-3-Clause\n",
    "Name: Et_XmlFile\nVersion: 2.0.0\nClassifier: License :: OSI Approved :: MIT License\n",
    "Name: folium\nVersion: 0.20.0+a\nLicense: MIT\n",
    "Name: long\nVersion: 1\nLicense: Permission is hereby granted\n        and so on\n",
)


def listed():
    return sbom(
        [(Parser().parsestr(text), f"{at:064x}") for at, text in enumerate(SAID)],
        "changshu-monitor",
        {"a": "b"},
    )


def test_the_list_has_what_the_schema_requires():
    made = listed()
    assert {name: made[name] for name in ("bomFormat", "specVersion", "version")} == {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    }  # fmt: skip
    every = [made["metadata"]["component"], *made["components"]]
    assert len({one["bom-ref"] for one in every}) == len(every) == len(SAID)
    for one in every:
        assert {"type", "name", "version", "purl", "hashes"} <= one.keys()
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[\w.%-]+", one["purl"])
        assert re.fullmatch(r"[0-9a-f]{64}", one["hashes"][0]["content"])


def test_a_part_has_its_own_hash_and_the_licence_its_wheel_says():
    made = listed()
    assert made["metadata"]["component"]["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert made["metadata"]["component"]["type"] == "application"
    told = {one["name"]: one for one in made["components"]}
    assert list(told) == ["et-xmlfile", "folium", "long"]
    assert told["et-xmlfile"]["licenses"] == [{"license": {"name": "MIT License"}}]
    assert told["folium"]["licenses"] == [{"license": {"name": "MIT"}}]
    assert "licenses" not in told["long"]
    assert told["et-xmlfile"]["hashes"] == [{"alg": "SHA-256", "content": f"{1:064x}"}]


def test_where_no_database_is_reached_it_is_said_and_nothing_fails(monkeypatch, capsys):
    monkeypatch.setattr(advisories, "reached", lambda host: False)
    assert advisories.main() == 0
    assert "NOT checked against advisories" in capsys.readouterr().err
