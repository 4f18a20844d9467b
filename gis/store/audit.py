"""Whether what was published is still what it was, and what changed from one edition to another."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gis.base.errors import UsageError
from gis.base.hashing import SHA256, SM3, of_file, require
from gis.base.messages import Message
from gis.store.chain import Link, chain, manifest_of, strays
from gis.store.edition import MANIFEST, index_text
from gis.store.phrases import phrase, refusal
from gis.store.place import INDEX

WHY = ("inputs", "rules", "standards", "parameters", "versions")


class Checked(NamedTuple):
    """One link of the history: its edition, how many files of it stand and were read, and what is wrong."""

    link: Link
    files: int
    faults: list[Message]


class Change(NamedTuple):
    """A figure that two editions have otherwise; None where one of them has not got it."""

    figure_id: str
    before: float | None
    after: float | None


class Difference(NamedTuple):
    """What two editions have otherwise: figures, by WHY what they were made of, and the stamps that both carry."""

    figures: list[Change]
    causes: dict[str, list[str]]
    stamps: dict[str, str]


def verify(out: Path) -> list[Checked]:
    """Check every link of a folder's history, and every file of the editions that still stand.

    Raises
    ------
    UsageError
        Nothing was published in `out`.
    """
    links = chain(out)
    if not links:
        raise refusal(UsageError, "nothing_published", found=str(out))
    newest = {link.edition: link for link in links}
    checked: list[Checked] = []
    for link, before in zip(links, [None, *links], strict=False):
        manifest, files = manifest_of(link.path), 0
        faults = list(_of_link(link, manifest, before))
        if newest[link.edition] is link and (out / link.edition).is_dir():
            files, wrong = _of_edition(out / link.edition, link, manifest)
            faults += wrong
        checked.append(Checked(link, files, faults))
    checked[-1].faults.extend(_foreign(path.relative_to(out).as_posix()) for path in strays(out, links))
    if links[-1].sha256 not in index_text(out):
        checked[-1].faults.append(phrase("page_without_hash", page=INDEX))
    return checked


def difference(out: Path, before: str, after: str) -> Difference:
    """Compare two editions of a folder's history by their manifests, which stay when the pages go.

    Returns
    -------
    difference
        Each figure that differs; what differs otherwise is a layer and its file, an edition of a standard, a
        parameter, a version, the code, or a file of the county's rules.

    Raises
    ------
    UsageError
        The history has no such edition.
    """
    links = chain(out)
    one, other = (_manifest(links, name) for name in (before, after))
    old, new = one.get("figures", {}), other.get("figures", {})
    figures = [
        Change(id_, old.get(id_), new.get(id_))
        for id_ in sorted({*old, *new})
        if not _equal(old.get(id_), new.get(id_))
    ]
    made_of = [
        {
            "inputs": _files_of(manifest), "rules": manifest.get("rules", {}),
            "parameters": manifest.get("parameters", {}),
            "standards": {str(text["id"]): text for text in manifest.get("standards", ())},
            "versions": manifest.get("versions", {}),
        }
        for manifest in (one, other)
    ]  # fmt: skip
    causes = {why: _differing(made_of[0][why], made_of[1][why]) for why in WHY}
    return Difference(figures, causes, one.get("stamps", {}) | other.get("stamps", {}))


def _of_link(link: Link, manifest: Mapping[str, Any], before: Link | None) -> Iterator[Message]:
    if not manifest:
        yield Message("{file} 读不出", "{file} cannot be read", file=link.path.name)
        return
    if (manifest.get("edition"), manifest.get("link", link.number)) != (link.edition, link.number):
        yield Message(
            "{file} 不是它名下的那一环", "{file} is not the link it is named for", file=link.path.name
        )
    told = {kind: part.get("previous") for kind, part in _by_hash(manifest).items()}
    if any(said != (None if before is None else of_file(before.path, kind)) for kind, said in told.items()):
        yield phrase("link_altered")
    if before is not None and link.number != before.number + 1:
        yield Message("缺第 {n} 环", "link {n} is missing", n=before.number + 1)


def _of_edition(folder: Path, link: Link, manifest: Mapping[str, Any]) -> tuple[int, list[Message]]:
    """Hold every file of an edition against its link; a name that leads out of the folder is never opened."""
    known = {kind: _object(part.get("files")) for kind, part in _by_hash(manifest).items()}
    listed = known[SHA256]
    there = {
        (Path(top) / name).relative_to(folder).as_posix(): Path(top) / name
        for top, _, names in os.walk(folder)
        for name in names
    }
    own = there.pop(MANIFEST, None)
    faults = [] if own and of_file(own) == link.sha256 else [_altered(MANIFEST)]
    faults += [
        _altered(name)
        for name in sorted({*listed} & {*there})
        if any(of_file(there[name], kind) != hashes.get(name) for kind, hashes in known.items())
    ]
    faults += [Message("{file} 不见了", "{file} is gone", file=name) for name in sorted({*listed} - {*there})]
    faults += map(_foreign, sorted({*there} - {*listed}))
    return len({*listed} & {*there}), faults


def _by_hash(manifest: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give where a link tells the hash of the link before and of its files, by the hash's name."""
    if SM3 not in manifest:
        return {SHA256: manifest}
    require(SM3)
    return {SHA256: manifest, SM3: _object(manifest[SM3])}


def _object(part: Any) -> Mapping[str, Any]:
    return part if isinstance(part, dict) else {}


def _foreign(name: str) -> Message:
    return Message("{file} 不是发布时的文件", "{file} was not published", file=name)


def _altered(name: str) -> Message:
    return Message("{file} 被改动", "{file} was altered", file=name)


def _manifest(links: list[Link], edition: str) -> dict[str, Any]:
    wanted = [link for link in links if edition in (link.edition, str(link.number))]
    if not wanted:
        known = ", ".join(f"{link.number} {link.edition}" for link in links) or "–"
        raise refusal(UsageError, "no_such_edition", edition=edition, known=known)
    return manifest_of(wanted[-1].path)


def _files_of(manifest: Mapping[str, Any]) -> dict[str, str]:
    inputs = manifest.get("inputs", {})
    return {f"{layer}: {file}": sha256 for layer, files in inputs.items() for file, sha256 in files.items()}


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def _equal(one: float | None, other: float | None) -> bool:
    return one == other or (one != one and other != other)  # noqa: PLR0124  no data is no data in both
