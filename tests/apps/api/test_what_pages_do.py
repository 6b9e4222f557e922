"""What a page can change, the interface can: by the same action, or it is said here why not."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import craftpath

SOURCE = Path(craftpath.__file__).parent

LOGINS = "logins, duties and tokens are made by people: a stolen token would make itself others"
IDENTITY = "the whole number leaves the site by no interface"
READS = "changes nothing: a page asks it what to show"

#: With the reason, which docs/decisions/0036 argues.
PAGES_ONLY = {
    "access.actions.accounts.add_account": LOGINS,
    "access.actions.accounts.end_duty": LOGINS,
    "access.actions.accounts.give_duty": LOGINS,
    "api.actions.tokens.make_token": LOGINS,
    "api.actions.tokens.revoke_token": LOGINS,
    "api.actions.tokens.scopes_for": LOGINS,
    "registry.actions.numbers.open_identity": IDENTITY,
    "assessment.actions.seating.not_ready": READS,
    "credentials.actions.issuing.records_in_order": READS,
    "programmes.actions.notices.notice_runs": READS,
    "programmes.actions.outcomes.pending_of": READS,
    "programmes.actions.programmes.fields_of": READS,
}

#: Nothing speaks against an endpoint, and there is none yet. Nothing is added here: whoever makes
#: a new form makes its endpoint, and whoever makes one of these takes its line away.
NOT_YET = {
    "assessment.actions.marks.confirm_sheet",
    "assessment.actions.marks.enter_sheet",
    "credentials.actions.cards.renew_card",
    "credentials.actions.cards.take_back_use",
    "credentials.actions.cards.use_card",
    "credentials.actions.changes.correct_name",
    "credentials.actions.issuers.break_key",
    "credentials.actions.issuers.make_key",
    "credentials.actions.issuers.register_issuer",
    "credentials.actions.issuers.retire_key",
    "credentials.actions.issuing.issue",
    "credentials.actions.printing.delete_print",
    "credentials.actions.printing.open_print",
    "credentials.actions.printing.print_again",
    "credentials.actions.shares.make_share",
    "credentials.actions.shares.withdraw_share",
    "programmes.actions.taking_along.everything_about",
}


def actions_in(text: str) -> Iterator[str]:
    """The functions of `…actions…` modules that a module takes, by name or by its module's."""
    tree = ast.parse(text)
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or ".actions" not in (node.module or ""):
            continue
        place = (node.module or "").removeprefix("craftpath.")
        for one in node.names:
            if place.endswith(".actions"):
                modules[one.asname or one.name] = f"{place}.{one.name}"
            elif one.name[0].islower():
                yield f"{place}.{one.name}"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
            continue
        if node.value.id in modules and node.attr[0].islower():
            yield f"{modules[node.value.id]}.{node.attr}"


def taken_by(folder: str) -> set[str]:
    files = sorted((SOURCE / folder).rglob("*.py"))
    return {name for file in files for name in actions_in(file.read_text("utf-8"))}


def test_sees_an_action_whichever_way_it_is_imported() -> None:
    by_name = "from craftpath.registry.actions.staff import let_go as go\n"
    by_module = "from craftpath.registry.actions import staff as s\ns.let_go(1)\n"
    for text in (by_name, by_module):
        assert list(actions_in(text)) == ["registry.actions.staff.let_go"]


def test_can_do_by_program_what_a_page_can_or_says_why_not() -> None:
    pages = taken_by("web")
    assert len(pages) > 90
    assert pages - taken_by("api/routes") == set(PAGES_ONLY) | NOT_YET
