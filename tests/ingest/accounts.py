"""Whether what was read of a layer adds up: rows or cells, records, and the lists of what is not kept."""

from gis.base.tables import KEPT, LEFT, READ
from gis.ingest.balance import ONCE


def adds_up(found):
    """Claim that every row or cell is kept, counted once, superseded, set aside or quarantined, and listed."""
    sources = found.sources
    assert (sources[READ] == sources[[KEPT, *LEFT]].sum(axis=1)).all()
    assert sources["records"].sum() == len(found.table) == len(found.own)
    listed = found.superseded["reason"].isin(ONCE)
    assert sources["rows_equal"].sum() >= listed.sum()
    assert sources["rows_superseded"].sum() >= (~listed).sum()
    assert sources[list(LEFT)].sum().sum() >= len(found.superseded) + len(found.rejects)
    return True
