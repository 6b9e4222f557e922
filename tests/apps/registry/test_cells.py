"""Single cells: what is mended in silence, what is told, what is never guessed."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from craftpath.pack.nouns import Pack
from craftpath.registry.imports.cells import as_day, as_name, as_number_of, as_quantity, plain
from craftpath.registry.imports.codes import coder_of
from craftpath.registry.imports.nouns import Wrong
from craftpath.registry.imports.rejects import harmless, written
from craftpath.registry.imports.sorts import SORTS, find_heading

days = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31))
WAYS = [
    "{0:%Y-%m-%d}",
    "{0:%Y/%m/%d}",
    "{0.year}-{0.month}-{0.day}",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year} 年 {0.month} 月 {0.day} 日",
    "{0:%Y%m%d}",
    "  {0:%Y-%m-%d}　",
    "{0:%Y-%m-%d} 00:00:00",
]


@given(days, st.sampled_from(WAYS))
def test_reads_a_day_written_in_any_of_the_ways(day: dt.date, way: str):
    assert as_day(way.format(day)) == day


@given(days, st.sampled_from(WAYS))
def test_reads_full_width_digits_and_marks(day: dt.date, way: str):
    text = way.format(day)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)

    assert as_day(wide) == day


@given(days)
def test_reads_cells_that_are_days(day: dt.date):
    midnight = dt.datetime.combine(day, dt.time())
    assert as_day(day) == day
    assert as_day(midnight) == day
    assert as_day(float(f"{day:%Y%m%d}")) == day
    assert as_day(written(midnight)) == day


@pytest.mark.parametrize(
    "cell",
    [
        "25-06-30", "06/30/2025", "30/06/2025", "2025-06", "2025年6月", "2025", "去年",
        "2025-13-01", "2025-02-30", "20250631", "2025630", "2025-06/30", "2025-06-30 08:00",
        45838, 45838.0, "45838", "2025.6.30", "0000-00-00", True, 1.5, "２０２５－１３－０１",
        dt.datetime.combine(dt.date(2025, 6, 30), dt.time(8)),
    ],
)  # fmt: skip
def test_never_guesses_a_day(cell: object):
    found = as_day(cell)

    assert isinstance(found, Wrong)
    assert found.mend.zh and found.mend.en


@given(st.text(max_size=12))
def test_says_a_day_nothing_or_what_is_wrong_of_any_text(text: str):
    assert as_day(text) is None or isinstance(as_day(text), dt.date | Wrong)


def test_says_which_day_a_serial_number_would_be():
    found = as_day(45838)

    assert isinstance(found, Wrong)
    assert "2025-06-30" in found.mend.zh
    assert "2025-06-30" in found.mend.en


def test_mends_names():
    assert as_name(" 张　三 ") == "张三"
    assert as_name("张\u200b三") == "张三"
    assert as_name("Mary  Ann Smith") == "Mary Ann Smith"
    assert as_name("阿卜杜拉·买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize("cell", [4.41900199205201e17, 441900199205201225, "4.419E+17"])
def test_tells_of_a_number_that_lost_its_end(cell: object):
    found = as_number_of(cell)

    assert isinstance(found, Wrong)
    assert "丢失" in found.text.zh


def test_mends_numbers():
    assert as_number_of("'４４１９００ 19920520 122x ") == "44190019920520122X"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_reads_a_quantity_as_it_is_written_out(value: float):
    assert as_quantity(value) == value
    text = f"{value:.3f}"
    if not float(text):
        text = text.removeprefix("-")  # nobody writes -0
    assert as_quantity(text) == pytest.approx(value, abs=1e-3)


@pytest.mark.parametrize(
    "cell",
    [
        "40小时",
        "-",
        "1,23",
        "一百",
        "nan",
        "inf",
        "1e5",
        "-0",
        "-0.00",
        "+5",
        "1_000",
        float("inf"),
        True,
    ],
)
def test_takes_no_other_text_for_a_quantity(cell: object):
    assert isinstance(as_quantity(cell), Wrong)


# --- headings --------------------------------------------------------------------------------


@given(st.sampled_from(sorted(SORTS)), st.randoms(use_true_random=False), st.data())
def test_finds_headings_in_any_order_and_either_language(sort_id: str, chance, data):
    sort = SORTS[sort_id]
    columns = list(sort.columns)
    chance.shuffle(columns)
    headings = [
        data.draw(
            st.sampled_from(
                (
                    c.label.zh,
                    c.label.en.upper(),
                    f"*{c.label.zh}",
                    f" {c.label.zh} ",
                    f"{c.label.zh}（必填）",
                    *c.names,
                )
            )
        )
        for c in columns
    ]

    found = find_heading(sort, headings)

    assert dict(found.at) == {column.id: at for at, column in enumerate(columns)}
    assert found.unread == found.twice == ()


@pytest.mark.parametrize("sort_id", sorted(SORTS))
def test_no_heading_names_two_columns(sort_id: str):
    columns = SORTS[sort_id].columns
    names = [name for column in columns for name in column.headings]

    assert len(names) == len(set(names))


# --- codes -----------------------------------------------------------------------------------


def test_reads_codes_and_names(guangdong: Pack):
    coder = coder_of(guangdong)

    assert coder.code("occupation", "6-18-02-04") == "6-18-02-04"
    assert coder.code("occupation", "焊工") == "6-18-02-04"
    assert coder.code("region", "长安镇") == "441900119"
    assert [coder.level("skill", text) for text in ("3", "高级工", "三级", "三级/高级工")] == [
        4
    ] * 4
    assert coder.level("skill", "1") == 6


def test_names_the_codes_that_a_text_may_mean(guangdong: Pack):
    coder = coder_of(guangdong)

    double = coder.code("region", "朝阳区")
    near = coder.code("occupation", "焊")
    none = coder.code("occupation", "焊接")

    assert isinstance(double, Wrong) and "110105" in double.mend.zh
    assert isinstance(near, Wrong)
    assert isinstance(none, Wrong) and none.mend.zh and none.mend.en


# --- what goes out ---------------------------------------------------------------------------


@given(st.sampled_from("=+-@\t\r"), st.text(st.characters(exclude_characters="'＇"), max_size=10))
def test_makes_what_would_run_harmless(first: str, rest: str):
    out = harmless(first + rest)

    assert out == "'" + first + rest
    assert plain(out) == plain(first + rest)
