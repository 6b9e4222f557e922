"""docs/rule-language.md keeps its word: every example in it is read, run and compared."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from craftpath.pack.case_lines import read_cases
from craftpath.pack.cases import run_cases
from craftpath.pack.check import check_files
from craftpath.pack.load import build_pack
from craftpath.pack.words import say_test
from tests.pack.small_pack import FILES, rule_file, with_rules

DOC = Path(__file__).parents[2] / "docs" / "rule-language.md"


@dataclass(frozen=True)
class Example:
    """A fenced block: what it is ("condition"), its text, the `text` block after it, its line."""

    what: str
    text: str
    said: str
    line: int


def examples() -> list[Example]:
    text = DOC.read_text(encoding="utf-8")
    fence = re.compile(r"^```yaml ([^\n]+)\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", re.M | re.S)
    return [
        Example(found[1], found[2], found[3] or "", text.count("\n", 0, found.start()) + 1)
        for found in fence.finditer(text)
    ]


def of(*whats: str) -> list[Example]:
    return [example for example in examples() if example.what in whats]


def line(example: Example) -> str:
    return f"line {example.line}"


def test_every_yaml_block_says_what_it_is():
    blocks = DOC.read_text(encoding="utf-8").count("\n```yaml")
    known = {"rules", "condition", "wrong", *FILES}
    assert blocks == len(examples()) > 20
    assert {example.what for example in examples()} <= known


@pytest.mark.parametrize("example", of("rules"), ids=line)
def test_a_rule_is_without_problems_and_its_cases_hold(example):
    files = with_rules(example.text)
    problems = [problem for problem in check_files(files) if problem.id != "unused"]
    assert problems == []
    pack, _ = build_pack(files)
    cases, _ = read_cases(pack.case_nodes, pack.rules, pack.vocabulary)
    assert len(cases) == len(pack.case_nodes) > 0
    assert run_cases(pack.rules, pack.vocabulary, cases) == []


@pytest.mark.parametrize("example", of("condition"), ids=line)
def test_a_condition_reads_as_the_page_says(example):
    pack, problems = build_pack(with_rules(rule_file(inline(example.text))))
    assert problems == []
    test = pack.rules[0].versions[0].routes[0].conditions[0].test
    said = [say_test(test, pack.vocabulary, lang) for lang in ("zh", "en")]
    assert said == example.said.splitlines()


@pytest.mark.parametrize("example", of("wrong"), ids=line)
def test_a_mistake_is_answered_as_the_page_says(example):
    problems = check_files(with_rules(rule_file(inline(example.text))))
    said = [str(problem) for problem in problems if problem.id != "unused"]
    assert said == example.said.splitlines()


@pytest.mark.parametrize("example", of(*FILES), ids=line)
def test_a_piece_of_a_file_stands_in_the_small_pack(example):
    assert example.text in FILES[example.what]


def inline(condition: str) -> str:
    """A condition, indented so that it can stand behind the `- ` of a rule file."""
    return textwrap.indent(condition.strip(), " " * 16).strip()
