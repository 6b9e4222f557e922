"""Answers as a page shows them, each in a file of its own, in Chinese and in English.

After a change of wording: `pytest tests/eligibility --renew-goldens`, then read the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from craftpath.eligibility import Answer, AnsweredCondition, ask
from craftpath.pack.nouns import Pack
from tests import cast

FOLDER = Path(__file__).parent / "golden"

SHOWN = {
    "worker-qualifies": (cast.WORKER, "subsidy.unemployment-fund"),
    "worker-later": (cast.WORKER, "skill-level.technician"),
    "worker-cannot-tell": (cast.WORKER, "card.chang-an"),
    "official-no-text": (cast.OFFICIAL, "degree-grant.guangzhou-2024"),
    "clerk-claims": (cast.CLERK, "skill-level.intermediate"),
}


def shown(answer: Answer, lang: str) -> Iterator[str]:
    focus = f" · {answer.focus_label[lang]}" if answer.focus_label else ""
    yield f"{answer.label[lang]}{focus} [{answer.verdict_label[lang]}]"
    yield answer.sentence[lang]
    if answer.amount_sentence is not None:
        yield f"{answer.amount_sentence[lang]} ({answer.unit})"
    if answer.route_label is not None:
        yield answer.route_label[lang]
    for condition in answer.conditions:
        yield f"  {line(condition, lang)}"
    for source in answer.sources:
        said = (source.number, source.issuer[lang], source.day, source.how_sure[lang])
        yield f"《{source.title}》{', '.join(str(part) for part in said if part is not None)}"


def line(condition: AnsweredCondition, lang: str) -> str:
    sign = {True: "✔", None: "?", False: "✘"}[condition.holds]
    said = [f"{sign} {condition.sentence[lang]}"]
    if condition.so_far is not None:
        share = condition.so_far.fraction
        said.append(condition.so_far.sentence[lang] + ("" if share is None else f" [{share:.0%}]"))
    if condition.note is not None:
        said.append(condition.note[lang])
    said.append(f"{condition.met_from or ''}..{condition.met_until or ''}")
    return " | ".join(said)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", SHOWN)
def test_it_is_shown_as_before(
    name: str, lang: str, guangdong: Pack, request: pytest.FixtureRequest
):
    party, rule = SHOWN[name]
    answer = ask(guangdong, cast.records(), party, cast.DAY).of(rule)
    assert answer is not None
    text = "\n".join(shown(answer, lang)) + "\n"
    file = FOLDER / f"{name}.{lang}.txt"

    if request.config.getoption("--renew-goldens"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8"), "pytest tests/eligibility --renew-goldens"


def test_every_golden_is_somebody():
    found = {file.name for file in FOLDER.glob("*.txt")}

    assert found == {f"{name}.{lang}.txt" for name in SHOWN for lang in ("zh", "en")}
