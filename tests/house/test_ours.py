"""Whom somebody acts for is asked by `ours(actor)` or `is_ours`, which follow a merge: a bare
comparison with `actor.party` loses what stands under the number of whoever was merged into it. And
no query asks for the rows of one number: `party__in=selves(…)`, `same_as(…)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "craftpath"
APPS = ("access", "registry", "programmes", "assessment", "credentials", "web", "api")
#: Whose they are, as rows say it.
OWNERS = {"party", "host", "body", "employer", "other", "scope_party", "person", "holder"}

#: How many comparisons are meant so, by file, each with its reason; one more has to give its own.
MEANT = {
    "api/lives.py": (1, "the party asked about was resolved to the kept one"),
    "programmes/checks.py": (1, "of the application of who was merged in, an employer hears less"),
    "programmes/admission.py": (1, "the applicant was resolved to the kept one"),
    "registry/queries.py": (2, "`is_ours` itself, and a party that was resolved to the kept one"),
    "registry/vouching.py": (1, "says what a new record points to"),
    "programmes/actions/applications.py": (2, "who writes a new application, for whom"),
    "programmes/actions/programmes.py": (1, "the host of a new programme"),
    "programmes/actions/reviews.py": (1, "compared with everybody who was merged"),
}


#: Where the rows of one number are meant, by file, each with its reason.
ONE_NUMBER = {
    "registry/actions/imports.py": (
        2,
        "who was brought in is bare only if nobody names the number",
    ),
    "registry/actions/merges.py": (1, "whose birth it was, for taking the two apart again"),
}


def is_actors_party(node: ast.AST | None) -> bool:
    if isinstance(node, ast.BoolOp):
        return any(map(is_actors_party, node.values))
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "party"
        and (
            (isinstance(node.value, ast.Name) and node.value.id == "actor")
            or (isinstance(node.value, ast.Attribute) and node.value.attr == "actor")
        )
    )


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def bare(tree: ast.AST) -> Iterator[int]:
    """Lines on which a row's owner is compared with `actor.party` itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in ("filter", "exclude", "get", "Q"):
            for word in node.keywords:
                if (word.arg or "").split("__")[-1] in OWNERS and is_actors_party(word.value):
                    yield word.value.lineno
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            none = any(isinstance(one, ast.Constant) and one.value is None for one in sides)
            if any(map(is_actors_party, sides)) and not none:
                yield node.lineno


def test_follows_merges_wherever_it_asks_whose_a_row_is() -> None:
    found = {
        str(path.relative_to(SOURCE)): lines
        for app in APPS
        for path in sorted((SOURCE / app).rglob("*.py"))
        if (lines := list(bare(ast.parse(path.read_text("utf-8")))))
    }
    assert {name: len(lines) for name, lines in found.items()} == {
        name: count for name, (count, _) in MEANT.items()
    }, found


def of_one_number(tree: ast.AST) -> Iterator[int]:
    """Lines on which a query asks for the rows of exactly one owner."""
    owners = OWNERS | {f"{name}_id" for name in OWNERS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in ("filter", "exclude", "get", "Q"):
            for word in node.keywords:
                asked = (word.arg or "").split("__")[-1] in owners
                if asked and not isinstance(word.value, ast.Constant):
                    yield word.value.lineno


def test_asks_for_the_rows_of_all_that_are_one() -> None:
    """First seen: six such queries; a learner stood there without her applications."""
    found = {
        str(path.relative_to(SOURCE)): lines
        for app in APPS
        for path in sorted((SOURCE / app).rglob("*.py"))
        if "migrations" not in path.parts
        if (lines := list(of_one_number(ast.parse(path.read_text("utf-8")))))
    }
    assert {name: len(lines) for name, lines in found.items()} == {
        name: count for name, (count, _) in ONE_NUMBER.items()
    }, found


def test_would_notice_one_number() -> None:
    lines = "found.filter(party=party)\nQ(session__person_id=one.pk)\n"
    assert len(list(of_one_number(ast.parse(lines + "found.filter(party=None)")))) == 2


def test_would_notice_one() -> None:
    lines = "Q(host=actor.party)\nRoom.objects.filter(programme__host=request.actor.party or 0)\n"
    assert list(bare(ast.parse(lines + "if one.host_id == actor.party: pass"))) != []
    assert len(list(bare(ast.parse(lines)))) == 2
