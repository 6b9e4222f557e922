"""Asks a site what it holds and what it answers, for one version to compare with another.

    python -m tests.upgrades.asking FILE [--holds]    on the site that the environment names

FILE has, as JSON, what `filling` told. Prints two parts, as JSON; the first alone with --holds:

    holds   what was there, read before anything is written, so that asked again it is the same
    does    what the site can still do with it: pages, logins, writes, the work that waited

Asked of the site that made a kept database the first part is kept with it; asked after an upgrade
it has to say the same. The second has to be as `DOES` in test_upgrades.py, whatever the version.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.upgrades.filling import ADDRESS, work_off

Told = dict[str, Any]
#: The parts of what it holds, in the order in which they are asked: rows before anything is logged.
HOLDS = (
    "rows", "audit", "numbers", "files", "accounts", "verdicts", "reasons", "decisions",
    "applications", "draws", "marks", "batches", "merges", "proofs", "shares",
)  # fmt: skip
#: Whose lives are asked about, condition by condition.
LIVES = ("worker", "worker2")
#: A few pages of each role, beside the one on which it begins.
PAGES = {
    "": ["/programmes/", "/rules/", "/issuers/", "/issuers/assessor/did.json"],
    "worker": ["/me/records/", "/me/near/", "/me/applications/", "/me/wallet/", "/me/data/"],
    "hr": ["/staff/applications/", "/imports/", "/staff/quarter/"],
    "school": ["/hosted/programmes/cnc-course/", "/hosted/people/"],
    "assessor": [
        "/hosted/programmes/electrician-4-autumn/sitting/appeals/",
        "/hosted/programmes/electrician-3-november/sitting/marks/compare/",
        "/issuing/",
    ],
    "expert": ["/rules/"],
    "town": ["/desk/parties/"],
    "city": [
        "/desk/programmes/robotics-lottery/",
        "/desk/sittings/electrician-4-spring/",
        "/desk/duplicates/",
        "/issuing/issuers/",
    ],
    "othercity": ["/desk/programmes/"],
    "province": ["/desk/programmes/degree-grant-2024/"],
    "auditor": ["/audit/?action=draw.run"],
    "operator": ["/operations/accounts/"],
}


# --- what it holds -----------------------------------------------------------------------------


def holds(told: Told) -> dict[str, Any]:
    return {name: _answer(globals()[name], told) for name in HOLDS}


def rows(_: Told) -> dict[str, int]:
    """Of each table. What Django counts for itself differs with every new model."""
    from craftpath.operations.tables import rows_by_table

    own = ("django_migrations", "django_content_type", "auth_permission")
    return {table: count for table, count in rows_by_table().items() if table not in own}


def audit(_: Told) -> dict[str, Any]:
    from craftpath.audit.chain import verify
    from craftpath.audit.models import Head

    head = Head.objects.get(pk=1)
    return {"entries": head.number, "last": head.digest, "broken": [p.label.en for p in verify()]}


def numbers(_: Told) -> dict[str, int]:
    """How many of each scheme open with the keys and are found by what they say."""
    from craftpath.registry.identity import digest_of, open_number
    from craftpath.registry.models import Identifier

    found: dict[str, int] = {}
    for one in Identifier.objects.order_by("scheme"):
        good = digest_of(one.scheme, open_number(one)) == one.digest
        found[one.scheme] = found.get(one.scheme, 0) + good
    return found


def files(_: Told) -> dict[str, dict[str, int]]:
    """Uploads that are there, by folder, in bytes as they are read: those sealed, opened."""
    from django.conf import settings

    from craftpath.registry.imports.vault import kept

    root = Path(settings.MEDIA_ROOT)
    found: dict[str, dict[str, int]] = {}
    for file in sorted(file for file in root.rglob("*") if file.is_file()):
        name = file.relative_to(root).as_posix()
        folder = name.partition("/")[0]
        opened = kept(name) if folder in ("imports", "rejects") else file.read_bytes()
        found.setdefault(folder, {})[name.rpartition("/")[2]] = len(opened)
    return found


def accounts(_: Told) -> dict[str, list[Any]]:
    from craftpath.access.models import Duty

    duties = Duty.objects.select_related("user", "party").order_by("pk")
    return {
        one.user.username: [
            one.user.shown_name, one.role, one.party and one.party.name, one.region, one.end
        ]
        for one in duties
    }  # fmt: skip


def verdicts(_: Told) -> dict[str, list[str]]:
    """What each of the two workers is told of every rule that is not out of reach for them."""
    return {
        who: [
            " ".join(
                str(part)
                for part in (
                    one.rule, one.focus, one.verdict, one.since, one.until, one.amount, one.route
                )
            )
            for one in _answers(who)
        ]
        for who in LIVES
    }  # fmt: skip


def reasons(_: Told) -> dict[str, dict[str, list[str]]]:
    """Why, condition by condition: whether it holds, from when, until when."""
    return {
        who: {
            f"{one.rule} {one.focus}": [
                f"{c.id} {c.holds} {c.met_from} {c.met_until}" for c in one.conditions
            ]
            for one in _answers(who)
        }
        for who in LIVES
    }


def decisions(_: Told) -> dict[str, dict[str, int]]:
    """Of everybody, from the records file: how many of each verdict, by rule."""
    import tempfile

    import pyarrow.parquet as pq

    from craftpath import library
    from craftpath.access.clock import today
    from craftpath.operations.snapshot import write_snapshot
    from craftpath.registry.kinds import site_pack

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.parquet"
        write_snapshot(path)
        decided = library.decide(pq.read_table(path), site_pack(), today())
    found: dict[str, dict[str, int]] = {}
    for row in decided.select(["rule", "verdict"]).to_pylist():
        its = found.setdefault(row["rule"], {})
        its[row["verdict"]] = its.get(row["verdict"], 0) + 1
    return {rule: dict(sorted(its.items())) for rule, its in sorted(found.items())}


def applications(_: Told) -> dict[str, list[Any]]:
    from craftpath.programmes.models import Application

    found = Application.objects.select_related("programme", "party").order_by("serial")
    return {
        one.serial: [
            one.programme.slug, one.party.name, one.state, one.place, one.rank,
            (one.check_final or one.check_first or {}).get("verdict"),
        ]
        for one in found
    }  # fmt: skip


def draws(_: Told) -> dict[str, Any]:
    """Committed terms that still hold, and of what was drawn the document, recomputed."""
    import tempfile

    from craftpath.allotment.draw_file import read_draw
    from craftpath.allotment.verify import verify_draw
    from craftpath.programmes.actions.draws import draw_document, terms_hold
    from craftpath.programmes.models import Draw

    found: dict[str, Any] = {}
    for one in Draw.objects.select_related("programme").order_by("pk"):
        slug = one.programme.slug
        found[slug] = {"terms hold": terms_hold(one.programme), "commitment": one.commitment}
        if not one.document:
            continue
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
            file.write(draw_document(slug))
            file.flush()
            draw, problems = read_draw(Path(file.name))
        assert draw is not None, problems
        published = {"commitment": one.commitment, "list_hash": one.list_hash}
        found[slug] |= {
            "problems": [p.say("en") for p in (*problems, *verify_draw(draw, published))],
            "placed": list(draw.placed),
            "waiting": list(draw.waiting),
        }
    return found


def marks(_: Told) -> dict[str, Any]:
    """Each sitting's stage, who sat where, and the marks with those that were put right."""
    from craftpath.assessment.models import Appeal, Mark, Seat, Sitting

    found: dict[str, Any] = {}
    for one in Sitting.objects.select_related("programme").order_by("pk"):
        its = {"application__programme": one.programme_id}
        seats = Seat.objects.filter(**its).select_related("application").order_by("pk")
        given = Mark.objects.filter(**its).select_related("application").order_by("pk")
        appeals = Appeal.objects.filter(**its).select_related("application").order_by("pk")
        found[one.programme.slug] = {
            "stage": one.stage,
            "seats": [f"{s.application.serial} {s.part} {s.number} {s.attended}" for s in seats],
            "marks": [
                f"{m.application.serial} {m.part} {m.value} {m.origin} {m.replaced}" for m in given
            ],
            "appeals": [f"{a.application.serial} {a.part} {a.upheld}" for a in appeals],
        }
    return found


def batches(_: Told) -> list[list[Any]]:
    from craftpath.registry.models import Batch

    found = Batch.objects.order_by("pk")
    return [[one.file_name, one.state, one.rows, one.good, one.bad, one.done] for one in found]


def merges(_: Told) -> list[str]:
    """The second number leads to the first one's life, but where the merge was undone."""
    from craftpath.registry.evidence import life_rows
    from craftpath.registry.models import Merge

    return [
        f"{one.absorbed_id} in {one.kept_id}: now {one.absorbed.merged_into_id}, "
        f"{len(life_rows(one.kept_id)[0])} records"
        for one in Merge.objects.select_related("absorbed").order_by("pk")
    ]


def proofs(_: Told) -> dict[str, dict[str, Any]]:
    """Each certificate and card as a stranger finds it: by code, by number, by file. Of the first
    and the last of each issuer the signature is verified with the keys that it publishes, too."""
    from django.db.models import Max, Min

    from craftpath.credentials.models import Credential
    from craftpath.credentials.verification import check_code, check_file, check_number
    from craftpath.proof.check import check_signed

    keys = _published_keys()
    signed = Credential.objects.exclude(document="")
    ends = signed.values("issuer").annotate(first=Min("pk"), last=Max("pk"))
    verified = {pk for row in ends for pk in (row["first"], row["last"])}
    found: dict[str, dict[str, Any]] = {}
    for one in signed.order_by("pk"):
        by_code = check_code(one.token, name=one.name)
        by_number = check_number(one.number, one.name)
        by_file = check_file(one.document.encode())
        found[one.number] = {
            "token": one.token,
            "answers": [by_code.answer, by_number.answer, by_file.answer],
            "since": by_code.since,
            "name": [one.name, by_code.name_known, by_file.name],
            "filed": by_code.filed,
            "lines": [line.value.zh for line in by_code.lines],
        }
        if one.pk in verified:
            method = check_signed(json.loads(one.document), keys.get).method
            found[one.number]["signed with"] = method
    return found


def shares(told: Told) -> dict[str, Any]:
    from craftpath.credentials.verification import open_share

    opened = open_share(told["share"])
    return {
        "with": opened.with_whom,
        "until": opened.until,
        "answers": [one.answer for one in opened.findings],
    }


# --- what it does ------------------------------------------------------------------------------


def does(told: Told) -> dict[str, Any]:
    parts: tuple[Callable[[Told], Any], ...] = (
        waiting, pages, login, second_factor, program, work, record, application, audit_after, proof
    )  # fmt: skip
    return {part.__name__: _answer(part, told) for part in parts}


def waiting(_: Told) -> list[str]:
    """Migrations that `migrate` has left."""
    from craftpath.operations.tables import waiting_migrations

    return waiting_migrations()


def pages(_: Told) -> dict[str, Any]:
    """Those that do not answer 200, the first page of each role among them."""
    wrong: dict[str, Any] = {}
    for who, paths in PAGES.items():
        browser = _browser()
        if who:
            browser.force_login(_user(who), backend="django.contrib.auth.backends.ModelBackend")
        for path in ("/", *paths):
            status = browser.get(path, follow=True).status_code
            if status != 200:
                wrong[f"{who} {path}"] = status
    return wrong


def login(told: Told) -> bool:
    """By name and password, as typed."""
    browser = _browser()
    form = {"login": "worker2", "password": told["password"]}
    browser.post("/account/login/", form)
    return "_auth_user_id" in browser.session


def second_factor(told: Told) -> list[bool]:
    """The password alone does not do; a one-time code of the kept secret does, and a kept code."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    browser, tried = _browser(), []
    browser.post("/account/login/", {"login": "city2", "password": told["password"]})
    tried.append("_auth_user_id" in browser.session)
    code = format_hotp_value(hotp_value(told["second_factor"], int(time.time()) // 30))
    browser.post("/account/2fa/authenticate/", {"code": code})
    tried.append("_auth_user_id" in browser.session)
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    tried.append(kept.wrap().validate_code(told["recovery_code"]))
    return tried


def program(told: Told) -> dict[str, Any]:
    """A token works; the write that was answered is answered again, and not done again."""
    from craftpath.registry.models import Record

    before, browser = Record.objects.count(), _browser()
    bearer = {"Authorization": f"Bearer {told['token']}"}
    answered = told["answered"]
    again = browser.post(
        "/api/v1/me/records",
        json.dumps(answered["write"]),
        content_type="application/json",
        headers={**bearer, "Idempotency-Key": answered["key"]},
    )
    return {
        "reads": browser.get("/api/v1/me/records", headers=bearer).status_code,
        "said before": again.json() == answered["answer"],
        "wrote": Record.objects.count() - before,
    }


def work(_: Told) -> dict[str, Any]:
    """What waited for a worker is done: the sheet written, the run issued, signed and printed."""
    from craftpath.credentials.models import Credential, PrintRun
    from craftpath.credentials.verification import check_code
    from craftpath.registry.models import Batch

    batch = Batch.objects.get(state="committing")
    run = PrintRun.objects.exclude(phase="printed").get()
    work_off()
    batch.refresh_from_db()
    run.refresh_from_db()
    issued = Credential.objects.filter(run=run)
    return {
        "written": batch.state == "committed" and batch.done == batch.good > 0,
        "printed": run.phase == "printed" and run.pages == run.wanted == issued.count() > 0,
        "valid": all(check_code(one.token).answer == "valid" for one in issued),
    }


def record(_: Told) -> str:
    """A new one, by her who has the life."""
    from craftpath.registry.actions.records import Entered, enter_record

    worker = _actor("worker")
    entered = Entered("workplace", dt.date(2026, 7, 1), "441900119")
    return enter_record(worker, worker.party or 0, entered).status


def application(_: Told) -> str:
    """A new one, to the lottery that is open, numbered after those before it."""
    from craftpath.programmes.actions.applications import start, submit

    worker = _actor("worker")
    return submit(worker, start(worker, "digital-tools-lottery").serial).state


def audit_after(told: Told) -> bool:
    """The chain goes on from the kept end, and is whole."""
    found = audit(told)
    return found["broken"] == [] and found["entries"] > 0


def proof(_: Told) -> dict[str, bool]:
    """What a proof finds in a backup of the site as it is by then."""
    import tempfile

    from craftpath.operations.backup import write_backup
    from craftpath.operations.proof import prove

    with tempfile.TemporaryDirectory() as folder:
        path, _manifest = write_backup(Path(folder))
        return {finding.label.en: finding.good for finding in prove(path)}


# --- the parts ---------------------------------------------------------------------------------


def _answer(part: Callable[[Told], Any], told: Told) -> Any:
    """What a part answers, or how it failed: the others are asked all the same."""
    try:
        return part(told)
    except Exception:
        return {"failed": traceback.format_exc().splitlines()}


def _actor(username: str) -> Any:
    from craftpath.access.models import Duty

    return Duty.objects.select_related("user", "party").get(user__username=username).actor("web")


def _user(username: str) -> Any:
    from craftpath.access.models import User

    return User.objects.get(username=username)


def _browser() -> Any:
    from django.test import Client

    return Client(SERVER_NAME="localhost", REMOTE_ADDR=ADDRESS)


def _answers(who: str) -> Iterator[Any]:
    from craftpath.access.clock import today
    from craftpath.web.life import life_of

    answers = life_of(_actor(who).party).ask(today())
    assert not answers.left_out
    return (one for one in answers if one.verdict != "never")


def _published_keys() -> dict[str, Any]:
    """As anybody reads them: every issuer's own list of its keys."""
    from craftpath.credentials.models import Issuer
    from craftpath.proof.did import keys_of

    found: dict[str, Any] = {}
    for slug in Issuer.objects.values_list("slug", flat=True):
        document = _browser().get(f"/issuers/{slug}/did.json").json()
        found |= keys_of(document, document["id"])
    return found


def plain(found: Any) -> Any:
    """As JSON has it."""
    return json.loads(json.dumps(found, ensure_ascii=False, default=str))


if __name__ == "__main__":
    import django

    django.setup()
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asked = {"holds": holds(given)}
    if "--holds" not in sys.argv:
        asked["does"] = does(given)
    json.dump(plain(asked), sys.stdout, ensure_ascii=False)
