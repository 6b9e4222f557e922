"""Whatever anybody sends, to any page, under any duty: a page or a refusal, no fault of ours."""

from __future__ import annotations

import datetime as dt
import os
import re
import traceback
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from craftpath.access.may import MAY
from craftpath.assessment.models import Room, Session
from craftpath.assessment.standing import sheets_of
from craftpath.credentials.actions.cards import use_card
from craftpath.credentials.actions.issuing import issue, issue_for_programme
from craftpath.credentials.actions.shares import make_share
from craftpath.programmes.actions.draws import commit_draw
from craftpath.programmes.models import Application, Document, Objection, Override
from craftpath.registry.actions.imports import upload
from craftpath.registry.models import Identifier, Merge, Party, Record
from tests.apps.assessment.hall import build_hall
from tests.apps.city import DUTIES, City
from tests.apps.credentials.conftest import open_office
from tests.apps.web.conftest import an_application, open_programme, visit_of
from tests.apps.web.sitting_cast import at_work

#: What nobody types by chance.
HOSTILE = (
    "",
    "\x00",
    "a\x00b",
    "99999999999999999999999",
    "-1",
    "9" * 5000,
    "²",
    "٣",
    "1e400",
    "nan",
    "0001-01-01",
    "9999-12-31",
    "2025-13-45",
    "长" * 3000,
    "\ud800",
    "<script>",
    "%00%ff",
    "[]",
)
_WHOLE = os.environ.get("CRAFTPATH_HOSTILE") == "whole"
_DEEP = HOSTILE if _WHOLE else ("9" * 5000, "²", "长" * 3000)
#: For one field of a form at a time, the others as they should be.
_ALONE = HOSTILE if _WHOLE else ("9999-12-31",)


class _Forms(HTMLParser):
    """The forms of a page: (action, {field: value})."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, str, dict[str, str]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((said.get("method", "get").lower(), said.get("action", ""), {}))
            return
        if not self.forms:
            return
        fields = self.forms[-1][2]
        name = said.get("name", "")
        if tag == "select":
            self._select = name
            fields.setdefault(name, "")
        elif tag == "option" and self._select and said.get("value"):
            if "selected" in said or not fields.get(self._select):
                fields[self._select] = said["value"]
        elif tag in ("input", "textarea", "button") and name:
            if said.get("type") in ("checkbox", "radio") and name in fields:
                return
            fields[name] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


@pytest.fixture
def furnished(city: City, settings: Any) -> dict[str, list[str]]:
    """Something behind every page; the parts of addresses by name."""
    settings.CRAFTPATH_CHECKS_PER_MINUTE = 0
    own = open_programme(
        "plain",
        rule="",
        focus="",
        host=city.school,
        documents=[{"id": "paper", "zh": "材料", "en": "Paper", "required": False}],
    )
    lot = open_programme("lot", rule="", focus="", way="lottery")
    draft = open_programme("draft", stage="draft")
    commit_draw(city.actor("city"), "lot")
    first = an_application(own, city, "worker")
    an_application(lot, city, "worker", state="draft", step=0)
    an_application(own, city, "colleague", employer=city.works)
    an_application(open_programme("firms", about="organisation", rule="", focus=""), city, "works")
    paper = Document.objects.create(
        application=first,
        key="paper",
        name="a.pdf",
        file=ContentFile(b"%PDF-", "a.pdf"),
        media_type="application/pdf",
        size=5,
        sha256="0" * 64,
    )
    batch = upload(city.actor("city"), "people", "a.csv", "姓名,证件号码\n甲,1\n".encode())
    twin = Party.objects.create(nature="person", name="林晓", region="441900119")
    merge = Merge.objects.create(kept=city.worker, absorbed=twin)
    objection = Objection.objects.create(programme=own, text="?")
    override = Override.objects.create(
        application=first,
        reason="?",
        asked_by=city.user("province"),
        verdict={"asked_for": "441900", "rule": "", "focus": "", "verdict": "never", "missing": []},
    )
    proofs = _proofs(city)
    claimed = Record.objects.create(
        party=city.worker,
        kind="employment",
        subject="6-18-02-04",
        start="2020-01-01",
        other=city.works,
        status="claimed",
        known="2020-01-01",
        origin="form",
    )
    sittings = at_work(build_hall(city))
    marking = sittings["welders-marking"]
    return {
        **proofs,
        "slug": ["plain", "lot", draft.slug, marking.programme.slug, "academy", "sitting"],
        "serial": [
            first.serial,
            *Application.objects.exclude(pk=first.pk).values_list("serial", flat=True),
        ],
        "party_id": [str(city.worker.pk), str(city.works.pk)],
        "record_id": [str(claimed.pk), str(city.worker.records.first().pk)],
        "document_id": [str(paper.pk)],
        "kind": ["employment", "certificate", "birth", "contest-award"],
        "list_id": ["occupation", "region"],
        "rule_id": ["skill-level.senior"],
        "template_id": ["skill-level"],
        "sort": ["people", "records"],
        "number": [str(batch.pk), str(merge.pk)],
        "left": [str(city.worker.pk)],
        "right": [str(city.colleague.pk)],
        "objection_id": [str(objection.pk)],
        "override_id": [str(override.pk)],
        "room_id": [str(Room.objects.filter(sessions__sitting=marking)[0].pk)],
        "session_id": [str(Session.objects.filter(sitting=marking)[0].pk)],
        "sha256": [sheets_of(marking)[0].sha256],
        "identifier_id": [str(Identifier.objects.filter(party=city.worker).first().pk)],
    }


def _proofs(city: City) -> dict[str, list[str]]:
    office = open_office(city)
    (passed, _) = office.passed(2)
    paper = issue(office.actor("school"), [passed.pk])[0]
    card = issue(office.actor("city"), [office.card_for(city.worker).pk])[0]
    run = issue_for_programme(office.actor("school"), "sitting")
    use = use_card(office.actor("school"), card.number, "medical")
    until = paper.issued + dt.timedelta(days=9)
    made = make_share(office.actor("worker"), [paper.public_id], with_whom="某厂", until=until)
    return {
        "public_id": [str(paper.public_id), str(card.public_id)],
        "token": [paper.token],
        "secret": [made.secret],
        "share_id": [str(made.share.pk)],
        "run_id": [str(run.pk)],
        "issuer_id": [str(office.academy.pk), str(office.cards.pk)],
        "key_id": [str(key.pk) for key in (*office.academy.keys.all(), *office.cards.keys.all())],
        "use_id": [str(use.pk)],
        "purpose": ["revocation"],
        "code": ["6-18-02-04"],
    }


def addresses(parts: dict[str, list[str]]) -> Iterator[tuple[str, bool]]:
    """Every address of the site's own pages, and whether it names what is there."""
    for pattern, converters in _patterns(get_resolver()):
        if pattern.startswith(("api/", "account/")) and pattern not in (
            "account/",
            "account/duty/",
            "account/tokens/",
            "account/login/",
        ):
            continue
        longest = max((len(parts.get(name, [""])) for name in converters), default=1)
        for at in range(longest):
            filled = pattern
            for name in converters:
                known = parts.get(name, ["1"])
                filled = filled.replace(f"<{name}>", known[min(at, len(known) - 1)])
            yield "/" + filled, True
        for odd in ("99999999999999999999999", "0", "%00"):
            if converters:
                filled = pattern
                for name, kind in converters.items():
                    if kind == "int" and not odd.isdecimal():
                        break
                    filled = filled.replace(f"<{name}>", odd)
                else:
                    yield "/" + filled, False


def _patterns(
    resolver: Any, before: str = "", kinds: dict[str, str] | None = None
) -> Iterator[Any]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, route)
        elif isinstance(one, URLPattern) and "^" not in route:
            converters = {}
            plain = route
            for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
                converters[name] = kind
                plain = re.sub(rf"<(\w+:)?{name}>", f"<{name}>", plain)
            yield plain, converters


#: One of each sort; officials differ in whom they see, not in what they send.
_WHO: tuple[str | None, ...] = (None, "worker", "hr", "school", "city", "auditor", "operator")


def _asks(who: str | None, address: str) -> bool:
    """Whether it is for this one to ask: each page is asked by the first who may see it, and by
    everybody where CRAFTPATH_HOSTILE says so. (Every page by every role, once, is test_roles'.)"""
    try:
        named = getattr(resolve(address).func, "may", None)
    except Resolver404:
        return who is None
    if _WHOLE or named is None:
        return True
    roles = {None: "public", "hr": "employer", "school": "institution"}
    return who == next((one for one in _WHO if roles.get(one, one) in MAY[named]), None)


#: Who is asked on every change; the others have the most forms, and take two minutes.
_SOON = (None, "auditor", "operator")


@pytest.mark.slow
@pytest.mark.parametrize(
    "who",
    [
        pytest.param(who, marks=[] if who in _SOON else [pytest.mark.thorough])
        for who in ([*DUTIES, None] if _WHOLE else _WHO)
    ],
)
def test_answers_whatever_it_is_asked(
    city: City, furnished: dict[str, list[str]], who: str | None
) -> None:
    client = Client() if who is None else visit_of(city, who)
    client.raise_request_exception = False
    faults: dict[str, str] = {}
    last: list[str] = [""]

    def caught(sender: Any, **_: Any) -> None:
        last[0] = traceback.format_exc()

    got_request_exception.connect(caught)

    def ask(method: str, address: str, said: dict[str, Any]) -> Any:
        keep = transaction.savepoint()
        last[0] = ""
        try:
            response = getattr(client, method)(address, said)
            if response.streaming:
                b"".join(response.streaming_content)
        except Exception:  # what the client itself trips over is shown too
            last[0] = traceback.format_exc()
            response = None
        transaction.savepoint_rollback(keep)
        if response is None or response.status_code >= 500:
            lines = [x.strip() for x in last[0].splitlines() if x.strip()]
            ours = [x for x in lines if "/src/craftpath/" in x]
            key = f"{lines[-1][:160] if lines else '?'} @ {ours[-1] if ours else lines[-3:]}"
            if key not in faults:
                faults[key] = f"{method} {address} { {k: str(v)[:30] for k, v in said.items()} }"
        return response

    try:
        _try_all(who, furnished, ask)
    finally:
        got_request_exception.disconnect(caught)
    assert not faults, "\n".join(f"{fault}\n    {where}" for fault, where in faults.items())


_GET = (
    "page", "q", "next", "day", "until", "kind", "name", "party", "focus", "region", "state",
    "sort", "stage", "tier", "level", "ahead", "from", "to", "user", "action", "object",
    "programme", "occupation", "number", "side", "at", "step", "known_on", "lang", "mine", "late",
)  # fmt: skip


def _name_of(path: str) -> str:
    try:
        return str(resolve(path).view_name)
    except Resolver404:
        return path


def _try_all(who: str | None, parts: dict[str, list[str]], ask: Any) -> None:
    tried: set[tuple[str, ...]] = set()  # the form of a page is tried once, not for each programme
    seen: set[str] = set()
    for address, there in addresses(parts):
        if not _asks(who, address):
            continue
        first = ask("get", address, {})
        if not there:
            ask("post", address, {"why": "x"})
            continue
        ask("post", address, {})
        if first is not None and first.status_code in (302, 403, 404):
            continue
        for value in _DEEP if _name_of(address) not in seen else ():
            ask("get", address, dict.fromkeys(_GET, value))
        seen.add(_name_of(address))
        found = _Forms()
        if first is not None and first.status_code == 200 and not first.streaming:
            found.feed(first.content.decode(errors="replace"))
        for method, action, fields in found.forms:
            target = (action or address).split("?")[0]
            if not target.startswith("/") or target.startswith(("/account/logout", "/language/x")):
                continue
            fields.pop("csrfmiddlewaretoken", None)
            form = (_name_of(target), *sorted(fields))
            if form in tried:
                continue
            tried.add(form)
            ask(method, target, fields)
            for value in _DEEP:
                ask(method, target, dict.fromkeys(fields, value))
            for name in fields:
                for value in _ALONE:
                    ask(method, target, {**fields, name: value})
