"""Bars that stand for numbers, and the same numbers in words."""

from datetime import UTC, datetime, timedelta

from posts.delivery.reporting.timeline import Timeline
from posts.desk.charts import HEIGHT, LOWEST, WIDTH, charts

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def drawn(**counts: list[int]) -> Timeline:
    return Timeline(START, timedelta(minutes=10), counts, open_ended=False)


def test_the_most_fills_the_height_and_the_rest_follows() -> None:
    shown = charts(drawn(accepted=[50, 100, 0, 25]))
    assert shown is not None
    [chart] = shown.charts
    assert [bar.height for bar in chart.bars] == [HEIGHT / 2, HEIGHT, HEIGHT / 4]
    assert [bar.y for bar in chart.bars] == [HEIGHT / 2, 0, HEIGHT * 3 / 4]
    assert [bar.x for bar in chart.bars] == [0, WIDTH / 4, WIDTH * 3 / 4]


def test_one_among_thousands_is_still_seen() -> None:
    shown = charts(drawn(accepted=[100_000, 1]))
    assert shown is not None
    assert shown.charts[0].bars[1].height == LOWEST


def test_each_series_has_its_own_scale() -> None:
    shown = charts(drawn(delivered=[100_000, 0], complained=[0, 3]))
    assert shown is not None
    assert [chart.bars[0].height for chart in shown.charts] == [HEIGHT, HEIGHT]


def test_what_a_chart_shows_is_said_in_words() -> None:
    shown = charts(drawn(bounced=[5, 1_204, 7]))
    assert shown is not None
    [chart] = shown.charts
    assert chart.title == "Bounced: 1,216 people"
    assert chart.summary == "The most within 10 minutes: 1,204, from 1 Mar 2026, 09:10 on."


def test_the_table_has_the_same_numbers_and_leaves_out_empty_times() -> None:
    shown = charts(drawn(delivered=[2, 0, 3], bounced=[0, 0, 0], complained=[0, 0, 1]))
    assert shown is not None
    assert shown.titles == ["Delivered", "Complained"]
    assert [line.counts for line in shown.rows] == [[2, 0], [3, 1]]
    assert [line.begins for line in shown.rows] == ["1 Mar 2026, 09:00", "1 Mar 2026, 09:20"]
    assert shown.totals == [5, 1]


def test_seconds_are_told_where_they_matter() -> None:
    shown = charts(Timeline(START, timedelta(seconds=30), {"accepted": [0, 1]}, open_ended=False))
    assert shown is not None
    assert shown.rows[0].begins == "1 Mar 2026, 09:00:30"


def test_no_time_is_no_chart() -> None:
    assert charts(None) is None
