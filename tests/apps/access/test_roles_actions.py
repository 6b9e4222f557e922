"""Every role on every action, on a city where each thing could be done by somebody.

One table: who succeeds. Everybody else is refused, and leaves nothing behind: no row, no line in
the audit. A new action without a line here makes `test_leaves_no_action_out` fail.
"""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from craftpath.access.actions import accounts
from craftpath.access.errors import Refusal
from craftpath.access.roles import Actor, anyone
from craftpath.api.actions import tokens
from craftpath.audit.models import Entry
from craftpath.credentials.actions import cards, changes, issuers, issuing, printing, shares
from craftpath.credentials.models import CardUse, Credential, PrintRun, Share
from craftpath.programmes.actions import (
    applications,
    documents,
    draws,
    notices,
    outcomes,
    places,
    programmes,
    reviews,
    taking_along,
)
from craftpath.programmes.models import Application, Objection, Override, Programme
from craftpath.registry.actions import (
    imports,
    merges,
    messages,
    numbers,
    parties,
    records,
    staff,
)
from craftpath.registry.models import Merge, Party, Record
from tests.apps.city import CHANGAN, DAY, DONGGUAN, DUTIES, WELDER, City
from tests.apps.credentials.conftest import Office, open_office
from tests.apps.programmes.conftest import make_programme

EVERYBODY = ["public", *DUTIES]
OFFICIALS_HERE = {"town", "city", "province", "province-2"}
ABOVE = {"city", "province", "province-2"}
LOGGED_IN = set(EVERYBODY) - {"public"}

YESTERDAY, TOMORROW = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CLAIM = records.Entered("certificate", dt.date(2024, 1, 2), subject=WELDER, level=4)


@dataclass
class World:
    city: City
    open: Programme
    closed: Programme
    lottery: Programme
    shared: Programme
    draft: Application
    submitted: Application
    placed: Application
    override: Override
    objection: Objection
    claim: Record
    twin: Party
    merge: Merge


@pytest.fixture
def world(city: City) -> World:
    asked = [{"id": "id", "zh": "身份证", "en": "ID", "required": False}]
    open = make_programme(steps=(("grassroots", 5),), documents=asked)
    closed = make_programme(opens=DAY - dt.timedelta(days=9), closes=DAY)
    lottery = make_programme(way="lottery", places=2)
    shared = make_programme(
        opens=DAY - dt.timedelta(days=9),
        closes=DAY,
        stage="shared",
        marked=True,
        notice_from=YESTERDAY,
        notice_until=TOMORROW,
        way="ranked",
        places=2,
    )
    draft = applications.start(city.actor("worker"), open.slug)
    submitted = applications.start(city.actor("colleague"), open.slug)
    submitted = applications.submit(city.actor("colleague"), submitted.serial)
    placed = Application.objects.create(
        programme=shared,
        party=city.worker,
        serial="P-1",
        order=1,
        rank=1,
        state="approved",
        place="placed",
    )
    override = Override.objects.create(
        application=submitted,
        reason="年限证明遗失",
        verdict={"asked_for": CHANGAN, "missing": [], "rule": "", "focus": ""},
        asked_by=city.user("operator"),
    )
    objection = Objection.objects.create(programme=shared, application=placed, text="不实")
    claim = records.enter_record(city.actor("worker"), city.worker.pk, CLAIM)
    twin = Party.objects.create(nature="person", name="林晓", region=CHANGAN)
    other = Party.objects.create(nature="person", name="林小", region=CHANGAN)
    merge = merges.merge(city.actor("town"), keep=city.colleague.pk, absorb=other.pk)
    return World(
        city, open, closed, lottery, shared, draft, submitted, placed, override, objection,
        claim, twin, merge,
    )  # fmt: skip


Do = Callable[[Actor, World], Any]


def _fields() -> programmes.ProgrammeFields:
    return programmes.ProgrammeFields(
        sort="course",
        about="person",
        name_zh="新班",
        name_en="New class",
        region=DONGGUAN,
        opens=DAY,
        closes=TOMORROW,
        way="open",
    )


#: action → (how it is called, who succeeds)
TABLE: dict[str, tuple[Do, set[str]]] = {
    "add_person": (
        lambda a, w: parties.add_person(
            a, name="赵一", scheme="passport", number="E12345678", born=dt.date(1990, 1, 1)
        ),
        {"hr", "rival-hr", "school", "other-city"} | OFFICIALS_HERE,
    ),
    "add_organisation": (
        lambda a, w: parties.add_organisation(
            a, name="新厂", number="91350100M000100Y43", founded=dt.date(2010, 1, 1)
        ),
        {"hr", "rival-hr", "school", "other-city"} | OFFICIALS_HERE,
    ),
    "enter_record": (
        lambda a, w: records.enter_record(a, w.city.worker.pk, CLAIM),
        {"worker"} | OFFICIALS_HERE,
    ),
    "verify_record": (lambda a, w: records.verify_record(a, w.claim.pk), OFFICIALS_HERE),
    "correct_record": (
        lambda a, w: records.correct_record(a, w.claim.pk, CLAIM, why="重录"),
        {"worker"} | OFFICIALS_HERE,
    ),
    "void_record": (
        lambda a, w: records.void_record(a, w.claim.pk, why="误录"),
        {"worker"} | OFFICIALS_HERE,
    ),
    "rename": (
        lambda a, w: parties.rename(a, w.city.worker.pk, name="林霄", why="错字"),
        OFFICIALS_HERE,
    ),
    "mark_read": (
        lambda a, w: messages.mark_read(a, 10**9),
        {"worker", "colleague", "stranger", "hr", "rival-hr", "school"},
    ),
    "everything_about": (
        lambda a, w: taking_along.everything_about(a),
        {"worker", "colleague", "stranger"},
    ),
    "open_identity": (
        lambda a, w: numbers.open_identity(
            a, w.city.worker.pk, w.city.worker.identifiers.get().pk, why="核对证件"
        ),
        OFFICIALS_HERE,
    ),
    "take_on": (
        lambda a, w: staff.take_on(
            a,
            name="赵一",
            scheme="passport",
            number="E12345678",
            born=dt.date(1990, 1, 1),
            occupation=WELDER,
            start=DAY,
            workplace=CHANGAN,
        ),
        {"hr", "rival-hr"},
    ),
    "set_level": (
        lambda a, w: staff.set_level(
            a, w.city.worker.pk, kind="post-level", subject=WELDER, level=4, start=DAY
        ),
        {"hr"},
    ),
    "let_go": (
        lambda a, w: staff.let_go(a, w.city.worker.pk, last=YESTERDAY, why="合同到期"),
        {"hr"},
    ),
    "merge": (
        lambda a, w: merges.merge(a, keep=w.city.worker.pk, absorb=w.twin.pk),
        OFFICIALS_HERE,
    ),
    "unmerge": (lambda a, w: merges.unmerge(a, w.merge.pk), OFFICIALS_HERE),
    "dismiss": (lambda a, w: merges.dismiss(a, w.city.worker.pk, w.twin.pk), OFFICIALS_HERE),
    "upload": (
        lambda a, w: imports.upload(
            a, "records", "a.csv", "证件号码,记录类型\n".encode(), enqueue=False
        ),
        {"school", "other-city"} | OFFICIALS_HERE,
    ),
    "amend": (
        lambda a, w: applications.amend(a, w.draft.serial, note="补充"),
        {"worker"} | OFFICIALS_HERE,
    ),
    "submit": (
        lambda a, w: applications.submit(a, w.draft.serial),
        {"worker"} | OFFICIALS_HERE,
    ),
    "withdraw": (
        lambda a, w: applications.withdraw(a, w.submitted.serial),
        {"colleague"} | OFFICIALS_HERE,
    ),
    "apply_for": (
        lambda a, w: _all_through(applications.apply_for(a, w.lottery.slug, [w.city.worker.pk])),
        {"worker", "hr"} | OFFICIALS_HERE,
    ),
    "add_document": (
        lambda a, w: documents.add_document(
            a, w.draft.serial, "id", ContentFile(PDF, name="a.pdf")
        ),
        {"worker"} | OFFICIALS_HERE,
    ),
    "review": (
        lambda a, w: reviews.review(
            a, w.submitted.serial, seen_version=w.submitted.version, verdict="pass"
        ),
        {"town"},
    ),
    "review_many": (
        lambda a, w: _all_decided(
            reviews.review_many(a, [(w.submitted.serial, w.submitted.version)], verdict="pass")
        ),
        {"town"},
    ),
    "answer_override": (
        lambda a, w: reviews.answer_override(a, w.override.pk, agree=True),
        OFFICIALS_HERE,
    ),
    "save_programme": (
        lambda a, w: programmes.save_programme(a, _fields()),
        ABOVE,
    ),
    "close_programme": (
        lambda a, w: programmes.close_programme(a, w.closed.slug, why="取消"),
        ABOVE,
    ),
    "share_out": (lambda a, w: places.share_out(a, w.closed.slug), ABOVE),
    "commit_draw": (lambda a, w: draws.commit_draw(a, w.lottery.slug), ABOVE),
    "raise_objection": (
        lambda a, w: notices.raise_objection(a, w.shared.slug, text="名单有误"),
        set(EVERYBODY) - {"auditor", "operator"},
    ),
    "answer_objection": (
        lambda a, w: notices.answer_objection(a, w.objection.pk, upheld=False, answer="属实"),
        ABOVE,
    ),
    "enter_marks": (
        lambda a, w: _none_refused(
            outcomes.enter_marks(a, w.shared.slug, [(w.placed.serial, 80, True)])
        ),
        ABOVE,
    ),
    "make_token": (
        lambda a, w: tokens.make_token(a, name="t", days=1, scopes=tokens.scopes_for(a)[:1]),
        LOGGED_IN - {"operator"},
    ),
    "add_account": (
        lambda a, w: accounts.add_account(a, username="new", name="新", password="long-enough-1"),
        {"operator"},
    ),
    "give_duty": (
        lambda a, w: accounts.give_duty(a, username="worker", role="auditor"),
        {"operator"},
    ),
    "end_duty": (
        lambda a, w: accounts.end_duty(a, w.city.duties["expert"].pk),
        {"operator"},
    ),
}

#: Actions that need more set-up than a line: each has its refusals by role in its own test file.
ELSEWHERE = {
    "start",
    "ask_override",
    "open_document",
    "publish_programme",
    "from_template",
    "publish_list",
    "run_draw",
    "contact_of",
    "enter_points",
    "finish",
    "settle_unfinished",
    "check_batch",
    "commit_batch",
    "go_on",
    "undo_batch",
    "write_slices",
    "void_slices",
    "revoke_token",
    "close_account",
    "set_password",
    "scopes_for",
    "changing",
    "contradictions_between",
    "enter_again",
    "write_rows",
    "put_right",
    "take_back",
    "give_numbers",
    "sign",
    "follow_records",
}


def _all_through(lines: list[Any]) -> None:
    if any(line.refusal for line in lines):
        raise Refusal("", "refused")


def _all_decided(lines: list[Any]) -> None:
    if any(line.problem for line in lines):
        raise Refusal("", "refused")


def _none_refused(lines: list[Any]) -> None:
    if any(line.problem for line in lines):
        raise Refusal("", "refused")


@dataclass
class Proofs:
    """The academy has issued to 林晓; her colleague waits. She has a card, and shares it."""

    office: Office
    one: Credential
    card: Credential
    waiting: Record
    run: PrintRun
    use: CardUse
    share: Share


@pytest.fixture
def proofs(city: City) -> Proofs:
    office = open_office(city)
    first, waiting = office.passed(2)
    school, official = city.actor("school"), city.actor("city")
    (one,) = issuing.issue(school, [first.pk])
    (card,) = issuing.issue(official, [office.card_for(city.worker).pk])
    return Proofs(
        office,
        one,
        card,
        waiting,
        PrintRun.objects.create(
            issuer=office.academy, records=[], phase="stopped", at=one_moment()
        ),
        cards.use_card(school, card.number, "schooling"),
        shares.make_share(
            city.actor("worker"), [one.public_id], with_whom="人事", until=TOMORROW
        ).share,
    )


def one_moment() -> dt.datetime:
    return dt.datetime(2025, 8, 27, tzinfo=dt.UTC)


_ISSUE = {"school"} | ABOVE
#: The same for certificates and cards.
PROOFS: dict[str, tuple[Callable[[Actor, Proofs], Any], set[str]]] = {
    "register_issuer": (
        lambda a, p: issuers.register_issuer(a, p.office.city.works.pk, slug="works"),
        OFFICIALS_HERE,
    ),
    "make_key": (lambda a, p: issuers.make_key(a, p.office.academy.pk), _ISSUE),
    "retire_key": (lambda a, p: issuers.retire_key(a, p.one.key_id, why="换机"), _ISSUE),
    "break_key": (lambda a, p: issuers.break_key(a, p.one.key_id, since=DAY, why="失窃"), ABOVE),
    "issue": (lambda a, p: issuing.issue(a, [p.waiting.pk]), _ISSUE),
    "issue_for_programme": (
        lambda a, p: issuing.issue_for_programme(a, "sitting", enqueue=False),
        _ISSUE,
    ),
    "print_again": (lambda a, p: printing.print_again(a, p.run.pk, enqueue=False), _ISSUE),
    "open_print": (lambda a, p: _printed(p, printing.open_print, a), _ISSUE),
    "delete_print": (lambda a, p: _printed(p, printing.delete_print, a), _ISSUE),
    "suspend": (lambda a, p: changes.suspend(a, p.one.public_id, why="核查"), _ISSUE),
    "resume": (lambda a, p: _suspended(p, changes.resume, a), _ISSUE),
    "revoke": (lambda a, p: changes.revoke(a, p.one.public_id, why="冒名"), _ISSUE),
    "reissue": (lambda a, p: changes.reissue(a, p.one.public_id, why="遗失"), _ISSUE),
    "correct_name": (
        lambda a, p: changes.correct_name(a, p.one.public_id, why="错字", name="林霄"),
        ABOVE,
    ),
    "renew_card": (
        lambda a, p: cards.renew_card(
            a, p.card.public_id, until=DAY + dt.timedelta(days=900), why="续期"
        ),
        ABOVE,
    ),
    "use_card": (
        lambda a, p: cards.use_card(a, p.card.number, "medical"),
        {"school", "other-city"} | OFFICIALS_HERE,
    ),
    "take_back_use": (lambda a, p: cards.take_back_use(a, p.use.pk, why="误记"), _ISSUE),
    "make_share": (
        lambda a, p: shares.make_share(a, [p.one.public_id], with_whom="人事", until=TOMORROW),
        {"worker"},
    ),
    "withdraw_share": (lambda a, p: shares.withdraw_share(a, p.share.pk), {"worker"}),
}


def _printed(proofs: Proofs, do: Callable[[Actor, int], Any], actor: Actor) -> None:
    file = default_storage.save("printed/x.pdf", ContentFile(b"%PDF-"))
    PrintRun.objects.filter(pk=proofs.run.pk).update(phase="printed", file=file)
    done = do(actor, proofs.run.pk)
    if isinstance(done, File):
        done.close()


def _suspended(proofs: Proofs, do: Callable[..., Any], actor: Actor) -> None:
    Credential.objects.filter(pk=proofs.one.pk).update(standing="suspended")
    do(actor, proofs.one.public_id, why="查无问题")


@pytest.mark.parametrize("name", TABLE)
def test_lets_do_who_may_and_nobody_else(world: World, name: str) -> None:
    do, expected = TABLE[name]
    assert _who_could(world.city, lambda actor: do(actor, world)) == expected


@pytest.mark.parametrize("name", PROOFS)
def test_lets_do_with_proofs_who_may_and_nobody_else(proofs: Proofs, name: str) -> None:
    do, expected = PROOFS[name]
    assert _who_could(proofs.office.city, lambda actor: do(actor, proofs)) == expected


def _who_could(city: City, do: Callable[[Actor], Any]) -> set[str]:
    succeeded = set()
    for who in EVERYBODY:
        actor = anyone() if who == "public" else city.actor(who)
        before = Entry.objects.count()
        point = transaction.savepoint()
        try:
            do(actor)
            succeeded.add(who)
        except Refusal:
            assert Entry.objects.count() == before, f"{who} was refused and left a trace"
        transaction.savepoint_rollback(point)
    return succeeded


def test_leaves_no_action_out() -> None:
    found = set()
    for app in ("access", "registry", "programmes", "credentials", "api"):
        package = importlib.import_module(f"craftpath.{app}.actions")
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            for name, thing in vars(importlib.import_module(module.name)).items():
                if not inspect.isfunction(thing) or thing.__module__ != module.name:
                    continue
                takes = list(inspect.signature(thing).parameters)
                if not name.startswith("_") and takes[:1] == ["actor"]:
                    found.add(name)
    assert found - set(TABLE) - set(PROOFS) - ELSEWHERE == set()
