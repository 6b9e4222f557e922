"""`craftpath draw verify`: what it recomputes, what it says in which language, its exit status."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from craftpath.allotment.draw import Draw, hold_draw, ticket
from craftpath.allotment.draw_file import write_draw
from tests.allotment.cast import SEED, TERMS, entrants, held
from tests.cli.conftest import Run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "draw.json"
    path.write_text(write_draw(held()), encoding="utf-8")
    return path


def test_says_in_both_languages_what_was_recomputed(run: Run, file: Path):
    draw = held()
    done = run("draw", "verify", file)

    assert done.exit_code == 0
    for said in (
        f"承诺值（重新计算）：{draw.commitment}",
        f"commitment (recomputed): {draw.commitment}",
        f"list hash (recomputed): {draw.list_hash}",
        "参加人数：11",
        "entrants: 11",
        "places: 5 (of these 440106 2, 440112 1)",
        "公开事件：福彩3D 2024年11月12日开奖号码（2024-11-12）：4 0 7",
        f"1. {draw.placed[0]}  {ticket(SEED, draw.list_hash, '4 0 7', draw.placed[0])[:16]}",
        "The file agrees with itself. Compare",
        "请再把上面的承诺值和名单哈希与当时公布的比对",
    ):
        assert said in done.output


@pytest.mark.parametrize(("lang", "other"), [("zh", "entrants"), ("en", "参加人数")])
def test_speaks_one_language_when_asked(run: Run, file: Path, lang: str, other: str):
    done = run("draw", "verify", file, "--lang", lang)

    assert done.exit_code == 0
    assert other not in done.output


def test_is_content_when_it_is_what_was_published(run: Run, file: Path):
    draw = held()
    seen = ("--commitment", draw.commitment, "--list-hash", draw.list_hash)
    done = run("draw", "verify", file, *seen, "--lang", "en")

    assert done.exit_code == 0
    assert done.output.endswith("Everything agrees.\n")


def test_fails_when_it_is_not_what_was_published(run: Run, file: Path):
    done = run("draw", "verify", file, "--commitment", "0" * 64)

    assert done.exit_code == 1
    assert "公布的是 0000" in done.output
    assert "It does not agree: 1 problem." in done.output


@pytest.mark.parametrize("option", ["--commitment", "--list-hash"])
@pytest.mark.parametrize("cut", ["{:.12}…", "{:.12}...", "{:.12}", "commitment", "{}0"])
def test_does_not_call_a_draw_another_one_for_a_value_that_was_cut(
    option: str, cut: str, run: Run, file: Path
):
    """The public page once printed the values cut by “…”, within the very command."""
    done = run("draw", "verify", file, option, cut.format(held().commitment))

    assert done.exit_code == 2
    assert "nothing can be compared" in done.output and option in done.output
    assert "does not agree" not in done.output and "another draw" not in done.output


def broken(draw: Draw, **changed: object) -> str:
    return write_draw(replace(draw, **changed))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            lambda: broken(held(), placed=held().placed[::-1]),
            "result.placed[0] – Number 1 is to be",
        ),
        (lambda: broken(held(), seed=bytes(32)), "Seed and terms give"),
    ],
)
def test_fails_and_names_what_does_not_agree(run: Run, tmp_path: Path, text, said: str):
    file = tmp_path / "draw.json"
    file.write_text(text(), encoding="utf-8")
    done = run("draw", "verify", file)

    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"not json", "Line 1 is not JSON"),
        (b"null", "The file is no JSON object"),
        (b"", "Line 1 is not JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "The file is not UTF-8"),
        (b"%PDF-1.7\n%abc", "Line 1 is not JSON"),
        (write_draw(held()).encode()[:-40], "is not JSON"),
        (json.dumps({"scheme": "dice"}).encode(), "The scheme 'dice' is unknown"),
    ],
)
def test_does_not_call_forged_what_it_cannot_read(run: Run, tmp_path: Path, data: bytes, said: str):
    file = tmp_path / "draw.json"
    file.write_bytes(data)
    done = run("draw", "verify", file)

    assert done.exit_code == 2
    assert said in done.output and "It cannot be checked" in done.output
    assert "does not agree" not in done.output and "Traceback" not in done.output


def test_warns_where_no_public_event_was_mixed_in(run: Run, tmp_path: Path):
    terms = replace(TERMS, public=None)
    draw, _ = hold_draw(terms, SEED, entrants(), dt.date(2024, 11, 9))
    file = tmp_path / "draw.json"
    file.write_text(write_draw(draw), encoding="utf-8")
    done = run("draw", "verify", file)

    assert done.exit_code == 0
    assert "没有用公开事件" in done.output
    assert "No public event was mixed in" in done.output


def test_says_plainly_that_there_is_no_file(run: Run, tmp_path: Path):
    done = run("draw", "verify", tmp_path / "none.json")

    assert done.exit_code == 1
    assert "no such file" in done.output
