"""The rooms of an assessment body.

add_room(actor, *, name, address, region, seats) -> Room
change_room(actor, room_id, *, name, address, region, seats) -> Room
close_room(actor, room_id, *, closed=True) -> Room
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from craftpath.access.act import act
from craftpath.access.errors import Conflict, Invalid, NotAllowed
from craftpath.access.may import require
from craftpath.access.roles import Actor
from craftpath.assessment.choices import Stage
from craftpath.assessment.models import Room, Seat, Session
from craftpath.assessment.queries import room_run_by
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold_rows
from craftpath.registry.kinds import site_pack

__all__ = ["add_room", "change_room", "close_room"]

MOST_SEATS = 2000
_TO_COME = (Stage.PLANNED, Stage.SEATED, Stage.MARKING)


def add_room(actor: Actor, *, name: str, address: str, region: str, seats: int) -> Room:
    """A new room of the actor's body.

    region  the code of where it lies, as filings name places
    seats   how many can sit a paper there, or be tested at a time

    NotAllowed, Invalid by field. Conflict: the body has a room of this name.
    """
    require(actor, "sitting.plan")
    if actor.party is None:
        raise NotAllowed
    with act(actor, "sitting.plan", told_as="room.add") as trace:
        room = Room(body_id=actor.party)
        _write(room, name, address, region, seats)
        trace.on(room)
        trace.details = {"name": room.name, "region": region, "seats": seats}
    return room


def change_room(
    actor: Actor, room_id: int, *, name: str, address: str, region: str, seats: int
) -> Room:
    """Change a room. While sessions that are not over are planned in it, it does not move to
    another region, nor lose a seat that somebody has. NotThere, Invalid, Conflict."""
    require(actor, "sitting.plan")
    seen = room_run_by(actor, room_id)
    with act(actor, "sitting.plan", on=seen, told_as="room.change") as trace:
        room = hold_rows(Room.objects.filter(pk=seen.pk)).get()
        trace.details = {
            "name": [room.name, name],
            "address": [room.address, address],
            "region": [room.region, region],
            "seats": [room.seats, seats],
        }
        if region != room.region:
            _require_unused(room)
        taken = Seat.objects.filter(
            session__room=room, session__sitting__stage__in=_TO_COME
        ).aggregate(most=Max("number"))["most"]
        if seats < (taken or 0):
            raise Conflict(
                f"已有考生排到第 {taken} 座，座位数不能少于此。",
                f"Somebody has seat {taken} there; it needs as many.",
            )
        _write(room, name, address, region, seats)
    return room


def close_room(actor: Actor, room_id: int, *, closed: bool = True) -> Room:
    """Take a room out of use, or (`closed=False`) into use again. NotThere. Conflict: sessions that
    are not over are planned in it."""
    require(actor, "sitting.plan")
    seen = room_run_by(actor, room_id)
    told_as = "room.close" if closed else "room.open"
    with act(actor, "sitting.plan", on=seen, told_as=told_as):
        room = hold_rows(Room.objects.filter(pk=seen.pk)).get()
        if closed:
            _require_unused(room)
        room.closed = closed
        room.save(update_fields=["closed"])
    return room


def _require_unused(room: Room) -> None:
    used = Session.objects.filter(room=room, sitting__stage__in=_TO_COME)
    names = list(used.values_list("sitting__programme__name_zh", flat=True).distinct()[:3])
    if names:
        raise Conflict(
            f"还有考试安排在这个考场：{'、'.join(names)}；请先改到别处。",
            f"Sessions are planned in this room ({', '.join(names)}); move them first.",
        )


def _write(room: Room, name: str, address: str, region: str, seats: int) -> None:
    problems: dict[str, Label] = {}
    if not 0 < len(name.strip()) <= 80:
        problems["name"] = Label(
            "请写考场名称，至多 80 字。", "Give it a name of at most 80 characters."
        )
    if not 0 < len(address.strip()) <= 160:
        problems["address"] = Label(
            "请写考场地址，至多 160 字。", "Give its address, in at most 160 characters."
        )
    codes = site_pack().vocabulary.lists.get("region")
    if codes is None or region not in codes.codes:
        problems["region"] = Label("没有这个地区代码。", "There is no such code of a region.")
    if not 1 <= seats <= MOST_SEATS:
        problems["seats"] = Label(f"座位数为 1 到 {MOST_SEATS}。", f"From 1 to {MOST_SEATS} seats.")
    if problems:
        raise Invalid(problems)
    room.name, room.address = name.strip(), address.strip()
    room.region, room.seats = region, seats
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        raise Conflict(
            "本机构已有同名考场。", "The body has a room of this name already."
        ) from error
