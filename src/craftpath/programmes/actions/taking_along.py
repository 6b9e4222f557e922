"""A person takes along everything that is kept about them."""

from __future__ import annotations

import datetime as dt
from pathlib import PurePosixPath
from typing import Any

from django.db.models import Q
from django.db.models.fields.files import FieldFile

from craftpath.access.act import act
from craftpath.access.clock import today
from craftpath.access.errors import NotThere
from craftpath.access.roles import Actor
from craftpath.audit.models import Entry
from craftpath.programmes.models import Application
from craftpath.programmes.taken_along import kept_elsewhere
from craftpath.registry.models import Party
from craftpath.registry.queries import all_ids, messages_for, records_of

__all__ = ["everything_about"]


def everything_about(actor: Actor) -> tuple[dict[str, Any], list[tuple[str, FieldFile]]]:
    """(all that is kept about the actor's own party as plain data, the files they handed in by the
    name under which to pack each). Taking it along is itself written down.

    Identity numbers are masked as everywhere: a file like this is passed on more easily than one
    thinks.
    """
    with act(actor, "record.download", party=actor.party) as trace:
        party = Party.objects.filter(pk=actor.party or 0).first()
        if party is None:
            raise NotThere
        ids = all_ids(party.pk)
        mine = (
            Application.objects.filter(Q(party__in=ids))
            .select_related("programme")
            .prefetch_related("reviews", "documents")
            .order_by("pk")
        )
        found: dict[str, Any] = {
            "taken": today().isoformat(),
            "party": _party(party),
            "records": [_record(dict(one)) for one in records_of(party.pk).values()],
            "applications": [_application(one) for one in mine],
            "messages": [
                {"at": _iso(m.at), "zh": m.zh, "en": m.en, "read": _iso(m.read_at)}
                for m in messages_for(actor)
            ],
            "done with it": [
                {"at": _iso(e.at), "action": e.action, "object": e.object, "why": e.why}
                for e in Entry.objects.filter(party__in=ids)
            ],
            **kept_elsewhere(ids),
        }
        files = [_packed(one.serial, document) for one in mine for document in one.documents.all()]
        trace.on(party, party.pk)
        trace.details = {name: len(found[name]) for name in ("records", "applications", "messages")}
    return found, files


def _packed(serial: str, document: Any) -> tuple[str, FieldFile]:
    # What somebody called a file is no path: the archive names it by ours.
    ending = PurePosixPath(document.file.name).suffix
    return f"documents/{serial}/{document.key}-{document.pk}{ending}", document.file


def _party(party: Party) -> dict[str, Any]:
    return {
        "number": party.pk,
        "name": party.name,
        "name_en": party.name_en,
        "region": party.region,
        "identifiers": [
            {"scheme": one.scheme, "masked": one.masked} for one in party.identifiers.all()
        ],
    }


def _record(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: _iso(value) for name, value in row.items()}
    for name in ("party", "other", "supersedes", "batch"):
        plain[name] = plain.pop(f"{name}_id")
    return plain


def _application(one: Application) -> dict[str, Any]:
    return {
        "serial": one.serial,
        "programme": one.programme.name_zh,
        "programme_en": one.programme.name_en,
        "focus": one.focus,
        "note": one.note,
        "state": one.state,
        "submitted": _iso(one.submitted_at),
        "place": one.place,
        "rank": one.rank,
        "mark": None if one.mark is None else str(one.mark),
        "check": one.check_first,
        "check_final": one.check_final,
        "reviews": [
            {"at": _iso(r.at), "step": r.step, "verdict": r.verdict, "note": r.note}
            for r in one.reviews.all()
        ],
        "documents": [
            {"key": d.key, "name": d.name, "size": d.size, "sha256": d.sha256, "at": _iso(d.at)}
            for d in one.documents.all()
        ],
    }


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
