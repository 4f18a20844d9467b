"""When two rows are the same thing: one rule for every kind of table.

| | same file | another file of the layer |
|---|---|---|
| every value equal | counts once | counts once |
| equal key, other values, a place | both stand, told apart by a column | the later version replaces |
| equal key, other values, a reading | the later counts | the later counts |
| most keys equal, no declared order | | a question |

Whatever does not stand for itself is listed. A key that looks damaged, and records that would
vanish in number, are questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd
import shapely

from gis.base.errors import Choice
from gis.base.messages import Message, listed
from gis.base.tables import SOURCE_COLUMNS, TABLES, conform, empty
from gis.catalogue.model import Answer
from gis.ingest.keys import KEYS, come_again, keys
from gis.ingest.model import CELLS, Findings, Options, cells_of, finding
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import records
from gis.ingest.titles import date_from

ID = {"parcels": "parcel_id", "ledger_events": "event_id"}
APART = patterns("heads")["apart"]
IDS = {**ID, "stations": "station_id", "sections": "section_id", "outfalls": "outfall_id"}
NUMBERING = frozenset(("序号", "序", "no", "no.", "#", "fid", "objectid", "shape_leng", "shape_area"))
DAMAGED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}|\d{13,}0{3,}")
STATUS, STATUS_RANK = "audit_status", {"raw": 0, "audited": 1, "final": 2}
VANISHING_ROWS, VANISHING_SHARE = 3, 0.02
MOST = 0.5
SHOWN = 5


@dataclass(frozen=True)
class Identified:
    """Rows that stand, those that do not and why, and what a person should know.

    Attributes
    ----------
    table
        The rows that stand, index of the rows given.
    earlier
        Rows of readings that a later one replaces: still judged as records.
    listed
        Canonical table `superseded`.
    findings
        Code and stored message.
    """

    table: pd.DataFrame
    earlier: pd.DataFrame
    listed: pd.DataFrame
    findings: tuple[tuple[str, str], ...] = ()


def identify(table: pd.DataFrame, kind: str, layer: str, answers: Mapping[str, Answer]) -> Identified:
    """Part rows into those that stand and those that count once or are replaced.

    Parameters
    ----------
    table
        Shape (n,), in the order of the sources; columns source and source_row.
    answers
        Of questions about this layer.

    Raises
    ------
    Question
        Two readings give different numbers: a damaged key, records that would vanish, a copy of a file.
    """
    options = Options(kind=kind, layer=layer, answers=answers)
    table = _with_zeros(table, options)
    whole = Identified(table, table.iloc[:0], empty("superseded"))
    if not come_again(table, kind):
        return whole
    key = keys(table, kind)
    again = key.notna() & key.duplicated(keep=False)
    if not again.any():
        return whole
    rows = table[again]
    pairs = _Pairs(rows, key[again], _values(rows), table["source"].value_counts(), options)
    return (_readings if KEYS[kind].nature == "reading" else _places)(table, pairs)


def _with_zeros(table: pd.DataFrame, options: Options) -> pd.DataFrame:
    """Ask whether ids that differ by leading zeros only (0012 and 12) are one, and spell them alike where so."""
    name = IDS.get(options.kind)
    if name is None or name not in table:
        return table
    ids = table[name].astype("str")
    digits = ids[ids.str.fullmatch("[0-9]+", na=False)]
    if not digits.str.startswith("0").any():
        return table
    bare = digits.str.lstrip("0").replace("", "0")
    both = bare[digits.groupby(bare).transform("nunique") > 1]
    if both.empty:
        return table
    first, second = digits[bare == both.iloc[0]].unique()[:2]
    rows = table.loc[both.index[both == both.iloc[0]]]
    two = zip(rows.index[:2], rows[:2].itertuples(), strict=True)
    shown = [f"{row.source} 第 {row.source_row} 行 {ids[at]}" for at, row in two]
    asked = question("zeros", {"same": shown}, n=both.nunique(), first=first, second=second)
    if _ask(options, f"zeros:{_title(name)}", asked, rows) == "apart":
        return table
    longest = digits.groupby(bare).transform(lambda some: max(some, key=len))
    ids.loc[both.index] = longest[both.index]
    return table.assign(**{name: ids.astype("str")})


@dataclass(frozen=True)
class _Pairs:
    """Rows whose key comes several times: the key, a mark of all their values, and how long each source is."""

    rows: pd.DataFrame
    key: pd.Series
    mark: pd.Series
    lengths: pd.Series
    options: Options

    @property
    def kind(self) -> str:
        return self.options.kind

    def but(self, which: pd.Series) -> _Pairs:
        """Leave rows out, and those whose key then comes once."""
        key = self.key[~which]
        left = key.index[key.duplicated(keep=False)]
        return _Pairs(self.rows.loc[left], key[left], self.mark[left], self.lengths, self.options)


def _values(rows: pd.DataFrame) -> pd.Series:
    """Give one number for all values of a row, the place in the file and running numbers left out."""
    apart = [
        name for name in rows.columns
        if name not in (*SOURCE_COLUMNS, "source_column", CELLS, "geometry", "layer")
        and str(name).lower() not in NUMBERING
    ]  # fmt: skip
    plain = pd.DataFrame(rows[apart])
    mixed = [name for name in apart if plain[name].dtype == object]
    plain = pd.concat([plain.drop(columns=mixed), plain[mixed].astype(str)], axis=1)
    mark = pd.util.hash_pandas_object(plain, index=False)
    if "geometry" in rows:
        drawn = pd.Series(
            shapely.to_wkb(shapely.normalize(rows["geometry"].to_numpy()), hex=True), rows.index
        )
        mark = mark ^ pd.util.hash_pandas_object(drawn.fillna("").astype("str"), index=False)
    return mark


def _readings(table: pd.DataFrame, pairs: _Pairs) -> Identified:
    """Let the reading of a place and time with the higher audit status count, of equals the later."""
    pairs = _by_status(pairs)
    equal = _equal(pairs)
    differing = pairs.but(equal)
    if len(differing.rows):
        _ask_for_copies(differing, pairs)
        differing = _ask_for_vanishing(differing)
    later = differing.key.duplicated(keep="last")
    gone = equal | later.reindex(equal.index, fill_value=False)
    listed = pd.concat(
        [_listed(pairs, equal, EQUAL), _listed(differing, later, REPUBLISHED)], ignore_index=True
    )
    return Identified(
        table.drop(index=gone.index[gone]), differing.rows[later], conform(listed, "superseded")
    )


def _by_status(pairs: _Pairs) -> _Pairs:
    """Put what is audited further behind what is less so; the order else stays."""
    if STATUS not in pairs.rows or pairs.rows[STATUS].isna().all():
        return pairs
    order = pairs.rows[STATUS].map(STATUS_RANK).fillna(0).sort_values(kind="stable").index
    return replace(pairs, rows=pairs.rows.loc[order], key=pairs.key.loc[order], mark=pairs.mark.loc[order])


def _places(table: pd.DataFrame, pairs: _Pairs) -> Identified:
    """Let places of one file stand side by side, and the later file's version replace the earlier."""
    pieces = KEYS[pairs.kind].nature == "pieces"
    equal = _equal(pairs)
    differing = pairs.but(equal)
    findings: Findings = []
    table, listed = table.drop(index=equal.index[equal]), [_listed(pairs, equal, EQUAL)]
    if len(differing.rows) and not pieces:
        table, findings = _apart(table, differing)
        key = keys(table, pairs.kind).loc[differing.rows.index]
        differing = _Pairs(table.loc[key.index], key, differing.mark, differing.lengths, pairs.options)
    if len(differing.rows):
        older = _older(differing)
        listed.append(_listed(differing, older, REPLACED))
        table = table.drop(index=older.index[older])
    return Identified(
        table, table.iloc[:0], conform(pd.concat(listed, ignore_index=True), "superseded"), tuple(findings)
    )


def _equal(pairs: _Pairs) -> pd.Series:
    """Tell which rows are said again, value by value, further down; pieces of one file may not be."""
    return pd.DataFrame({"key": pairs.key, "values": pairs.mark}).duplicated(keep="last")


def _apart(table: pd.DataFrame, pairs: _Pairs) -> tuple[pd.DataFrame, Findings]:
    """Give places of one file that share an id ids of their own, by a column that tells them apart or by row."""
    source = pairs.rows["source"]
    within = pairs.key.groupby([source, pairs.key]).transform("size") > 1
    if not within.any() or pairs.kind not in ID or pairs.kind == "ledger_events":
        return table, _stand(pairs, within)
    rows, key = pairs.rows[within], pairs.key[within]
    name = ID[pairs.kind]
    _ask_for_damage(pairs, rows)
    column = _telling(rows, key)
    if column is None:
        mark = "#" + rows["source_row"].astype(str)
    else:
        every = table[name].isin(rows[name])
        rows = table[every]
        mark = "@" + rows[column].astype(str).str.strip()
    ids = table[name].astype("object")
    ids.loc[rows.index] = rows[name].astype(str) + mark
    return table.assign(**{name: ids.astype("str")}), [_told_apart(rows, name, column)]


def _stand(pairs: _Pairs, within: pd.Series) -> Findings:
    if not within.any():
        return []
    names = listed(dict.fromkeys(pairs.key[within]), most=SHOWN)
    return [finding("same_key", n=int(within.sum()), names=names)]


def _told_apart(rows: pd.DataFrame, name: str, column: str | None) -> tuple[str, str]:
    ids = rows[name].astype(str).unique()
    some = listed(ids, most=SHOWN)
    if column is None:
        return finding("same_id", n=len(rows), ids=some, rows=listed(rows["source_row"], most=2 * SHOWN))
    return finding("id_joined", ids=some, column=_title(column), n=len(rows))


def _title(column: str, kind: str = "parcels") -> str:
    known = TABLES.get(kind, {}).get(column)
    return known.zh if known else column


def _telling(rows: pd.DataFrame, key: pd.Series) -> str | None:
    """Give the column that tells rows of one key apart in every file, named as one that may."""
    for name in rows.columns:
        if not APART.search(str(name)) or rows[name].isna().any():
            continue
        both = pd.DataFrame({"source": rows["source"], "key": key, "apart": rows[name].astype(str)})
        if not both.duplicated().any():
            return str(name)
    return None


def _ask_for_damage(pairs: _Pairs, rows: pd.DataFrame) -> None:
    name = ID[pairs.kind]
    damaged = rows[name].astype(str).map(lambda text: DAMAGED.fullmatch(text) is not None)
    if not damaged.any():
        return
    first, shown = str(rows[name][damaged].iloc[0]), {"rows": _examples(pairs, rows)}
    asked = question("ids_damaged", shown, name=_title(name), n=int(damaged.sum()), id_=first)
    _ask(pairs.options, f"identity:{_title(name)}", asked, rows)


def _older(pairs: _Pairs) -> pd.Series:
    """Tell which rows of places stand in an earlier file than another row of their key."""
    source = pairs.rows["source"]
    across = source.groupby(pairs.key).transform("nunique") > 1
    nothing = pd.Series(False, index=pairs.rows.index)
    if not across.any():
        return nothing
    rows, key = pairs.rows[across], pairs.key[across]
    order = _order(rows["source"])
    if order is None:
        asked = question("editions", {"later": _examples(pairs, rows)}, n=int(key.nunique()))
        if _ask(pairs.options, f"identity:{pairs.options.layer}", asked, rows) == "both":
            return nothing
        order = {str(name): at for at, name in enumerate(dict.fromkeys(rows["source"]))}
    rank = rows["source"].map(order)
    return (rank < rank.groupby(key).transform("max")).reindex(nothing.index, fill_value=False)


def _order(sources: pd.Series) -> dict[str, int] | None:
    """Give the order of files by the dates in their names; None where one has none or two are equal."""
    dates = {
        name: date_from([part for part in re.split(r"[#/]", str(name))[::-1] if part])[0]
        for name in sources.unique()
    }
    known = [one for one in dates.values() if one is not None]
    if len(known) < len(dates) or len(set(known)) < len(known):
        return None
    return {str(name): one.toordinal() for name, one in dates.items() if one is not None}


def _ask_for_copies(differing: _Pairs, pairs: _Pairs) -> None:
    """Ask where most keys of two files are equal and no date in their names says which is newer."""
    rows = differing.rows
    if rows["source"].nunique() < 2 or _order(rows["source"]) is not None:  # noqa: PLR2004
        return
    across = pairs.rows["source"].groupby(pairs.key).transform("nunique") > 1
    shared = pairs.rows["source"][across].value_counts()
    if not (shared >= MOST * pairs.lengths.reindex(shared.index)).any():
        return
    names = listed(dict.fromkeys(rows["source"].astype(str)))
    asked = question("copies", {"later": _examples(differing, rows)}, names=names)
    _ask(differing.options, f"identity:{pairs.options.layer}", asked, rows)


def _ask_for_vanishing(pairs: _Pairs) -> _Pairs:
    """Ask where rows of one file would vanish in number though they differ.

    A clock time that comes again is published again; a bare day that comes many times hides what
    tells its rows apart.
    """
    source = pairs.rows["source"]
    within = pairs.key.groupby([source, pairs.key]).transform("size") > 1
    vanishing = int(pairs.key[within].duplicated().sum())
    if (
        vanishing < VANISHING_ROWS
        or vanishing <= VANISHING_SHARE * pairs.lengths.sum()
        or _clocked(pairs.rows)
    ):
        return pairs
    rows = pairs.rows[within]
    asked = question("vanishing", {"last": _examples(pairs, rows)}, n=vanishing)
    if _ask(pairs.options, f"identity:{pairs.options.layer}", asked, rows) == "each":
        return pairs.but(within)
    return pairs


def _clocked(rows: pd.DataFrame) -> bool:
    times = next((rows[name] for name in ("sampled_at", "time") if name in rows), None)
    return times is not None and bool((times != times.dt.normalize()).any())


def _ask(options: Options, key: str, asked: tuple[Message, list[Choice]], rows: pd.DataFrame) -> str:
    heads = [name for name in rows.columns if name not in (*SOURCE_COLUMNS, "layer")]
    file = str(listed(dict.fromkeys(rows["source"])))
    return ask(options, key, *asked, file=file, heads=heads)


def _examples(pairs: _Pairs, rows: pd.DataFrame) -> tuple[str, ...]:
    """Show two rows of one key: where they stand, the key, and what differs."""
    key = pairs.key.loc[rows.index]
    two = rows[key == key.iloc[0]].tail(2)
    plain = pd.DataFrame(two.drop(columns=[*SOURCE_COLUMNS, "geometry", "layer"], errors="ignore"))
    differing = [name for name in plain.columns if len(plain[name].astype(str).unique()) > 1][:3]
    return tuple(
        f"{row.source} 第 {row.source_row} 行 {key.iloc[0]}  "
        + "  ".join(f"{_title(str(name), pairs.kind)} {plain.loc[at, name]}" for name in differing)
        for at, row in zip(two.index, two.itertuples(), strict=True)
    )


EQUAL = Message("与另一行完全相同，只算一次", "equal to another row in every value: counts once")
REPUBLISHED = phrase("republished")
REPLACED = Message("被新版文件取代", "replaced by the version of a later file")


def _listed(pairs: _Pairs, gone: pd.Series, why: Message) -> pd.DataFrame:
    """List rows that do not stand for themselves, with the row that does."""
    if not gone.any():
        return empty("superseded")
    stands = pairs.rows[~gone]
    last = pd.Series(stands.index, index=pairs.key[~gone]).groupby(level=0).last()
    rows = pairs.rows[gone]
    winner = stands.loc[last.reindex(pairs.key[gone]).to_numpy()]
    return pd.DataFrame({
        "layer": pairs.options.layer, "source": rows["source"].to_numpy(),
        "source_row": rows["source_row"].to_numpy(), "key": pairs.key[gone].to_numpy(),
        "by_source": winner["source"].to_numpy(), "by_source_row": winner["source_row"].to_numpy(),
        "reason": why.stored,
        "record": records(pd.DataFrame(rows.drop(columns=["geometry", CELLS], errors="ignore"))),
        CELLS: cells_of(rows).to_numpy(),
    })  # fmt: skip
