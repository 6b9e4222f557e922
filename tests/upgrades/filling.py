"""Adds to a sample city what it lacks, so that a kept database has rows wherever a site has some.

    python -m tests.upgrades.filling      on the site that the environment names

Everything goes through the actions, as in `craftpath.demo_city`. Prints, as JSON, what was told
once and is nowhere in the database: the password, a token's and a link's secret, a second factor's.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

#: From the documentation's network: nobody's.
ADDRESS = "203.0.113.7"


def fill() -> dict[str, Any]:
    told: dict[str, Any] = {}
    for part in (
        _records, _duplicates, _sheets, _answered, _lottery, _proofs, _logins, _programs, _queue
    ):  # fmt: skip
        part(told)
    return told


def _records(_: dict[str, Any]) -> None:
    """Claimed, verified, corrected, voided; a number that was looked at; messages read."""
    from craftpath.registry.actions.messages import mark_read
    from craftpath.registry.actions.numbers import open_identity
    from craftpath.registry.actions.records import (
        Entered,
        correct_record,
        enter_record,
        verify_record,
        void_record,
    )
    from craftpath.registry.models import Identifier, Message

    city, worker = _actor("city"), _actor("worker")
    me = worker.party or 0

    def claim(start: dt.date) -> int:
        return enter_record(worker, me, Entered("workplace", start, "441900119")).pk

    verify_record(city, claim(dt.date(2026, 3, 1)), why="有工作证。 A work permit was shown.")
    claimed = claim(dt.date(2026, 4, 1))
    right = Entered("workplace", dt.date(2026, 4, 1), "441900121")
    correct_record(worker, claimed, right, why="写错了镇。 The wrong town.")
    void_record(worker, claim(dt.date(2026, 5, 1)), why="重复。 Entered twice.")
    number = Identifier.objects.filter(party=me).earliest("pk")
    open_identity(city, me, number.pk, why="核对证件。 To compare with the card.")
    first = Message.objects.filter(party=me).order_by("pk").first()
    if first is not None:
        mark_read(worker, first.pk)


def _duplicates(_: dict[str, Any]) -> None:
    """Of those registered twice: one merged, one merged by mistake and said to be another."""
    from craftpath.registry.actions.merges import dismiss, merge, unmerge
    from craftpath.registry.models import Party

    city = _actor("city")
    twice = Party.objects.filter(identifiers__scheme="passport").order_by("pk")
    pairs = [
        (Party.objects.filter(name=one.name).exclude(pk=one.pk).earliest("pk").pk, one.pk)
        for one in twice
    ]
    (keep, absorb), (first, second) = pairs[:2]
    merge(city, keep=keep, absorb=absorb, why="同一人。 The same person.")
    mistaken = merge(city, keep=first, absorb=second)
    unmerge(city, mistaken.pk, why="不是同一人。 Somebody else.")
    dismiss(city, first, second)


def _sheets(_: dict[str, Any]) -> None:
    """One that cannot be read, and one that was written and taken back, by background work."""
    from craftpath.registry.actions.imports import commit_batch, undo_batch, upload

    hr = _actor("hr")
    upload(hr, "staff", "不是表格.xlsx", b"no spreadsheet")
    batch = upload(hr, "staff", "误传.csv", _sheet(300))
    work_off()
    commit_batch(hr, batch.pk)
    work_off()
    undo_batch(hr, batch.pk, why="传错了文件。 The wrong file.")
    work_off()


def _answered(_: dict[str, Any]) -> None:
    """An objection and an appeal that were answered; another of each that waits."""
    from craftpath.access.roles import Actor, Role, anyone
    from craftpath.assessment.actions.appeals import answer_appeal, raise_appeal
    from craftpath.assessment.models import Appeal
    from craftpath.programmes.actions.notices import answer_objection, raise_objection
    from craftpath.programmes.models import Application, Objection

    objection = Objection.objects.select_related("programme").get()
    raise_objection(
        anyone(),
        objection.programme.slug,
        text="第二名的分数请复核。 Please look at the second one's points again.",
        contact="demo@example.org",
    )
    answer_objection(
        _actor("city"), objection.pk, upheld=False, answer="经核实仍在一线。 Still at the front."
    )
    appeal = Appeal.objects.select_related("application").get()
    day = appeal.at.date()
    with _at(day):
        other = (
            Application.objects.filter(
                programme=appeal.application.programme_id, marks__isnull=False
            )
            .exclude(pk=appeal.application_id)
            .earliest("pk")
        )
        theirs = Actor(None, other.party.name, Role.WORKER, party=other.party_id)
        raise_appeal(theirs, other.serial, part="theory", text="请核对第三题。 Question three.")
    with _at(day + dt.timedelta(days=3)):
        answer_appeal(
            _actor("assessor3"),
            appeal.pk,
            upheld=True,
            answer="漏计一项。 A step was missed.",
            mark=63,
        )


def _lottery(_: dict[str, Any]) -> None:
    """One whose commitment names a public event that is still to come."""
    from craftpath.access.clock import today
    from craftpath.programmes.actions.draws import commit_draw
    from craftpath.programmes.actions.programmes import publish_programme, save_programme
    from craftpath.programmes.fields import ProgrammeFields, StepFields

    city, day = _actor("city"), today()
    slug = save_programme(
        city,
        ProgrammeFields(
            slug="digital-tools-lottery",
            sort="course",
            about="person",
            name_zh="数字技能公益培训（抽签）",
            name_en="Digital tools: free course by lot",
            region="441900",
            opens=day,
            closes=day + dt.timedelta(days=14),
            way="lottery",
            places=2,
            steps=(StepFields("city", 7, True),),
        ),
    ).slug
    publish_programme(city, slug)
    commit_draw(
        city,
        slug,
        public_source="某彩票某期的开奖号码 / the numbers of a public lottery",
        public_day=day + dt.timedelta(days=20),
    )


def _proofs(told: dict[str, Any]) -> None:
    """A second key of the body; lists as strangers fetch them; a link that opens and one that was
    withdrawn; checks by strangers."""
    from django.test import Client

    from craftpath.access.clock import today
    from craftpath.credentials.actions.issuers import make_key
    from craftpath.credentials.actions.shares import make_share, withdraw_share
    from craftpath.credentials.models import Credential, Issuer, StatusList
    from craftpath.credentials.verification import check_code, check_number

    worker = _actor("worker")
    make_key(_actor("city"), Issuer.objects.get(slug="assessor").pk)
    anybody = Client(SERVER_NAME="localhost")
    for one in StatusList.objects.select_related("issuer"):
        path = f"/issuers/{one.issuer.slug}/lists/{one.purpose}/{one.number}"
        assert anybody.get(path).status_code == 200
    mine = list(
        Credential.objects.filter(holder=worker.party)
        .order_by("pk")
        .values_list("public_id", flat=True)
    )
    until = today() + dt.timedelta(days=200)
    made = make_share(worker, mine, with_whom="亲友 / a friend", until=until)
    told["share"] = made.secret
    other = make_share(worker, mine[:1], with_whom="旧单位 / a former employer", until=until)
    withdraw_share(worker, other.share.pk)
    for one in Credential.objects.order_by("pk"):
        check_code(one.token, address=ADDRESS)
    check_number("S000044000000000000000", "某人", address=ADDRESS)


def _logins(told: dict[str, Any]) -> None:
    """Somebody is logged in; an official has a second factor; another's duty has ended."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
    from django.test import Client

    from craftpath.access.actions.accounts import add_account, end_duty, give_duty
    from craftpath.access.models import User
    from craftpath.demo_city.cast import PASSWORD

    told["password"] = PASSWORD
    browser = Client(SERVER_NAME="localhost", REMOTE_ADDR=ADDRESS)
    form = {"login": "worker", "password": PASSWORD}
    assert browser.post("/account/login/", form).status_code == 302
    official = User.objects.get(username="city2")
    told["second_factor"] = generate_totp_secret()
    TOTP.activate(official, told["second_factor"])
    operator = _actor("operator")
    add_account(operator, username="formercity", name="钱伯安", password=PASSWORD)
    duty = give_duty(operator, username="formercity", role="city", party=None, region="441900")
    end_duty(operator, duty.pk, why="调离。 Moved on.")
    told["recovery_code"] = RecoveryCodes.activate(official).get_unused_codes()[0]


def _programs(told: dict[str, Any]) -> None:
    """A token that works, with a write that was answered under a key; a token revoked."""
    from django.test import Client

    from craftpath.api.actions.tokens import make_token, revoke_token, scopes_for

    worker = _actor("worker")
    _, told["token"] = make_token(worker, name="记账程序", days=365, scopes=scopes_for(worker))
    gone, _ = make_token(worker, name="旧程序", days=30, scopes=scopes_for(worker))
    revoke_token(worker, gone.pk)
    write = {"kind": "workplace", "subject": "441900", "start": "2026-06-01"}
    answer = Client(SERVER_NAME="localhost").post(
        "/api/v1/me/records",
        json.dumps(write),
        content_type="application/json",
        headers={"Authorization": f"Bearer {told['token']}", "Idempotency-Key": "kept-1"},
    )
    assert answer.status_code == 201, answer.content
    told["answered"] = {"key": "kept-1", "write": write, "answer": answer.json()}


def _queue(_: dict[str, Any]) -> None:
    """What waits for a worker when the site is stopped: a sheet to write, a run to print."""
    from craftpath.credentials.actions.issuing import issue_for_programme
    from craftpath.registry.actions.imports import check_batch, commit_batch, upload

    hr = _actor("hr")
    batch = upload(hr, "staff", "十一月入职.csv", _sheet(320), enqueue=False)
    check_batch(batch.pk)
    commit_batch(hr, batch.pk)
    issue_for_programme(_actor("assessor"), "electrician-4-autumn")


# --- the parts ---------------------------------------------------------------------------------


def _actor(username: str) -> Any:
    from craftpath.access.models import Duty

    return Duty.objects.select_related("user", "party").get(user__username=username).actor("web")


@contextmanager
def _at(day: dt.date) -> Iterator[None]:
    """The site takes `day` for today."""
    from django.conf import settings

    before = settings.CRAFTPATH_TODAY
    settings.CRAFTPATH_TODAY = day
    try:
        yield
    finally:
        settings.CRAFTPATH_TODAY = before


def _sheet(serial: int) -> bytes:
    """Two welders who began this month; numbers that are nobody's."""
    from craftpath.demo_city.naming import person_number

    rows = ["姓名,证件号码,职业,入职日期,离职日期,地区"]
    for at, name in enumerate(("钟文亮", "凌小芳")):
        number = person_number(dt.date(1991, 5, 6 + at), serial + at)
        rows.append(f"{name},{number},焊工,2026-11-0{at + 2},,长安镇")
    return "\n".join(rows).encode("utf-8-sig")


def work_off() -> None:
    """What `craftpath work` does, until nothing is left to do."""
    from django.core.management import call_command

    call_command(
        "db_worker",
        queue_name="*",
        batch=True,
        worker_id=secrets.token_hex(16),
        verbosity=0,
        reload=False,
        startup_delay=False,
    )


if __name__ == "__main__":
    import django

    django.setup()
    json.dump(fill(), sys.stdout, ensure_ascii=False)
