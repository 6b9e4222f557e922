"""`craftpath pack check`, `show` and `test`: what they print and their exit status."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from craftpath.pack.nouns import Pack
from tests.cli.conftest import Run
from tests.pack.small_pack import FILES, rule_file, small_files

CASE = """
cases:
  - it: 满一年当天可申报，前一天不行 / a year to the day
    rule: one
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2024-03-01..
    on:
      2025-02-28: later 2025-03-01
      2025-03-01: qualifies
"""
THE_TEXT = """
  - it: 办法施行当天起 / from the day the text is in force
    rule: one
    life:
      - birth 1985-05-01
      - employment 6-18-02-04 2014-03-01..
    on:
      2023-06-30: later 2023-07-01
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(rules)`: a small pack in a folder."""

    def folder(rules: str) -> Path:
        for name, data in small_files({"rules/skill.yaml": rules}).items():
            file = tmp_path / "small" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        return tmp_path / "small"

    return folder


A_YEAR = rule_file("{worked: {occupation: focus}, at_least: 1 year}")


def test_check_is_content_with_a_sound_pack(run: Run, write: Write):
    done = run("pack", "check", write(FILES["rules/skill.yaml"]))

    assert done.exit_code == 0, done.output
    assert "没有问题" in done.stdout


def test_check_names_every_problem_with_file_and_line(run: Run, write: Write):
    bad = A_YEAR.replace("1 year", "1 fortnight").replace("worked", "wroked")

    done = run("pack", "check", write(bad))

    assert done.exit_code == 1
    assert re.search(r"^rules/skill\.yaml:\d+ – .*`wroked`", done.stdout, re.M)


def test_check_of_no_pack_fails(run: Run, tmp_path: Path):
    done = run("pack", "check", tmp_path / "none")

    assert done.exit_code == 1
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("lang", "word"), [("zh", "三级"), ("en", "10 years of work")])
def test_show_prints_a_rule_in_either_language(run: Run, lang: str, word: str):
    done = run("pack", "show", "skill-level.senior", "--lang", lang)

    assert done.exit_code == 0
    assert word in done.stdout
    assert "人社厅发〔2023〕31号" in done.stdout


def test_show_lists_programmes_when_asked(run: Run, guangdong: Pack):
    done = run("pack", "show", "--programmes", "--lang", "en")

    ids = [line.split()[0] for line in done.stdout.splitlines()]
    assert ids == [one.id for one in guangdong.programmes]
    assert "(grant, by lot)" in done.stdout
    assert run("pack", "show", "skill-level.senior", "--programmes").exit_code == 1


def test_show_without_a_rule_lists_them(run: Run, guangdong: Pack):
    done = run("pack", "show")

    assert [line.split()[0] for line in done.stdout.splitlines()] == [r.id for r in guangdong.rules]


def test_show_of_an_unknown_rule_names_the_nearest(run: Run):
    done = run("pack", "show", "skill-level.senoir")

    assert done.exit_code == 1
    assert "did you mean skill-level.senior?" in done.stderr
    assert "没有规则 skill-level.senoir" in done.stderr


def test_cases_that_hold_are_counted(run: Run, write: Write):
    done = run("pack", "test", write(A_YEAR + CASE))

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("1 个用例，0 个不符")


def test_a_case_that_fails_is_named_with_its_line(run: Run, write: Write):
    done = run("pack", "test", write(A_YEAR + CASE.replace("later 2025-03-01", "never")))

    assert done.exit_code == 1
    assert re.search(r"^rules/skill\.yaml:\d+ – one", done.stdout, re.M)


def test_mutants_that_live_are_named_with_file_and_line(run: Run, write: Write):
    done = run("pack", "test", write(A_YEAR + CASE), "--mutants")

    assert done.exit_code == 1
    assert re.search(r"^rules/skill\.yaml:\d+ – one / ", done.stdout, re.M)


def test_no_mutant_lives_where_every_boundary_has_its_case(run: Run, write: Write):
    done = run("pack", "test", write(A_YEAR + CASE + THE_TEXT), "--mutants")

    assert done.exit_code == 0, done.output
