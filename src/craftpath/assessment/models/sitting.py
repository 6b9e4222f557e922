"""A sitting: its rooms and hours, who sits where, who invigilates and assesses."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from craftpath.assessment.choices import PARTS, ROLES, STAGES, Part, Role, Stage
from craftpath.programmes.models import Application, Programme
from craftpath.registry.models import Party

__all__ = ["Examiner", "Room", "Seat", "Session", "Sitting", "Ticket"]


class Sitting(models.Model):
    """How the applicants of a programme are assessed. One programme, one occupation, one level.

    programme  intake, who may sit (the pack's rule), review and places; its host is the body
    level      rank on the pack's skill scale
    carries    months for which a passed part is carried over to a resit, as the body announces
               when it plans (no general rule was found); 0: never
    appeal_days  days after publication, the last included, on which a mark can be appealed
               against, as the body announces them (no general rule was found)
    seed       of the shuffle by which candidates are seated
    archive    SHA-256 of the archive file once archived
    """

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="sitting")
    level = models.SmallIntegerField()
    carries = models.PositiveSmallIntegerField(default=0)
    appeal_days = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=64)
    stage = models.CharField(
        max_length=10, choices=[(s.value, STAGES[s].zh) for s in Stage], default=Stage.PLANNED
    )
    published_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    archive = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to="sittings/%Y/", blank=True)

    def __str__(self) -> str:
        return f"sitting {self.pk}"


class Room(models.Model):
    """A room of an assessment body. `seats`: how many can sit a paper, or be tested at a time."""

    body = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=160)
    region = models.CharField(max_length=12)
    seats = models.PositiveSmallIntegerField()
    closed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["body", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["body", "name"], name="one_room_of_a_name")
        ]

    def __str__(self) -> str:
        return f"room {self.pk}"


class Session(models.Model):
    """One part, in one room, at one time."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="sessions")
    part = models.CharField(max_length=8, choices=[(p.value, PARTS[p].zh) for p in Part])
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="sessions")
    day = models.DateField()
    starts = models.TimeField()
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["day", "starts", "pk"]
        indexes: ClassVar = [models.Index(fields=["room", "day"])]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Seat(models.Model):
    """One candidate's place in one session. `part` repeats the session's: a part is sat once.

    attended  None until the roll is taken
    """

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="seats")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="seats")
    part = models.CharField(max_length=8, choices=[(p.value, PARTS[p].zh) for p in Part])
    number = models.PositiveSmallIntegerField()
    attended = models.BooleanField(null=True)

    class Meta:
        ordering: ClassVar = ["session", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "number"], name="one_candidate_to_a_seat"),
            models.UniqueConstraint(fields=["application", "part"], name="one_seat_for_a_part"),
        ]

    def __str__(self) -> str:
        return f"seat {self.pk}"


class Examiner(models.Model):
    """Somebody who invigilates, assesses or reviews in a session."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="examiners")
    person = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="examines")
    role = models.CharField(max_length=12, choices=[(r.value, ROLES[r].zh) for r in Role])

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["session", "person"], name="one_role_in_a_session")
        ]

    def __str__(self) -> str:
        return f"examiner {self.pk}"


class Ticket(models.Model):
    """An admission ticket 准考证: what a candidate brings, with every part's room and hour.

    number  two digits of the year, nine drawn by chance and a check digit: it tells nothing of
            who holds it, and no other can be counted from it
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="ticket")
    number = models.CharField(max_length=12, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
