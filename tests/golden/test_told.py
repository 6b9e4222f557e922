"""Explanations as people read them, each in a file of its own, in Chinese and in English.

After a change of wording: `pytest tests/golden --renew-goldens`, then read the difference.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import craftpath
from craftpath.pack.nouns import Pack
from tests import cast

FOLDER = Path(__file__).parent

TOLD = {
    "worker": (cast.WORKER, None),
    "worker-subsidy": (cast.WORKER, ["subsidy.unemployment-fund"]),
    "worker-level-2": (cast.WORKER, ["skill-level.technician"]),
    "clerk-claims": (cast.CLERK, None),
    "assessor": (cast.ASSESSOR, ["special-technician.basic"]),
    "official-elsewhere": (cast.OFFICIAL, None),
    "official-grant-over": (cast.OFFICIAL, ["degree-grant.guangzhou-2024"]),
    "employer": (cast.EMPLOYER, None),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", TOLD)
def test_it_is_told_as_before(
    name: str, lang: str, guangdong: Pack, request: pytest.FixtureRequest
):
    party, rules = TOLD[name]
    told = craftpath.explain(cast.records(), guangdong, party, cast.DAY, rules=rules)
    text = _without_hashes(told.text(lang, every_route=rules is not None)) + "\n"
    file = FOLDER / f"{name}.{lang}.txt"

    if request.config.getoption("--renew-goldens"):
        file.write_text(text, encoding="utf-8")

    assert text == file.read_text(encoding="utf-8"), "pytest tests/golden --renew-goldens"


def test_every_golden_is_somebody():
    found = {file.name for file in FOLDER.glob("*.txt")}

    assert found == {f"{name}.{lang}.txt" for name in TOLD for lang in ("zh", "en")}


def _without_hashes(text: str) -> str:
    """The receipt's hashes and versions change with every edit of the pack; the words do not."""
    text = re.sub(r"\b[0-9a-f]{12}\b", "…", text)
    text = re.sub(r"(guangdong) [\d.]+", r"\1 …", text)
    return re.sub(r"(引擎|engine) [\d.]+\w*", r"\1 …", text)
