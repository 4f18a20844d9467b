"""The answers of an edition stay small, and trace reaches trends, stations, town means and categories."""

from gis.store.answers import NAME, open_answers, trace

MOST_BYTES = 12_000_000
REACHED = (
    "water.trend_rank.nh3n.%C10.%", "water.trend_slope.nh3n.%C10.%", "air.station_mean.pm25.2021.%",
    "air.station_percentile.o3_8h.2021.%", "air.surface_town_mean.2025.%", "land.renewed_area_of.%.2021.320581",
    "land.renewed_area_of.%.2021.32058100_",
)  # fmt: skip


def _rows(one):
    return [*one.rows, *(row for part in one.components for row in _rows(part))]


def test_trends_stations_town_means_and_categories_are_traced_to_rows_of_files(sample_run):
    path = sample_run.edition / NAME
    assert path.stat().st_size < MOST_BYTES
    answers = open_answers(path)
    for like in REACHED:
        (figure_id,) = answers.execute(
            "select figure_id from figures where figure_id like ? order by figure_id limit 1", (like,)
        ).fetchone() or ("",)
        traced = trace(figure_id, answers)
        assert traced.figure["clause"], like
        assert traced.figure["formula"], like
        assert all(row["source_row"] for row in _rows(traced)), like
        assert _rows(traced), like
