"""Signed proofs of records, and what became of each."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from craftpath.credentials.choices import PHASES, SORTS, STANDINGS, Phase, Sort, Standing
from craftpath.credentials.models.issuer import Issuer, IssuingKey, StatusList
from craftpath.programmes.models import Programme
from craftpath.registry.models import Party, Record

__all__ = ["Change", "Credential", "PrintRun"]


class PrintRun(models.Model):
    """Credentials issued and printed together in the background: one PDF, a page each.

    records   numbers of the records that it is for, in the order of its pages
    duty      under which it was asked for: whoever goes on after a restart acts under it
    phase     what it is at; how far, `queries.progress_of` says
    pages     pages that `file` has
    problem   why it was stopped, `print_again` takes it up once that is mended; else for how
              many nothing could be issued, and why
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="runs")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, related_name="runs"
    )
    note = models.CharField(max_length=200, blank=True)
    records = models.JSONField()
    phase = models.CharField(
        max_length=12, choices=[(p.value, PHASES[p].zh) for p in Phase], default=Phase.ISSUING
    )
    pages = models.PositiveIntegerField(default=0)
    file = models.FileField(upload_to="printed/", blank=True)
    problem_zh = models.CharField(max_length=300, blank=True)
    problem_en = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    duty = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"run {self.pk} {self.phase}"

    @property
    def wanted(self) -> int:
        return len(self.records)


class Credential(models.Model):
    """A signed, portable, revocable proof of one record.

    Append-only but for `standing`, which repeats the last of its changes so that it can be
    counted, and for the document, which is signed a moment after the number is given.

    public_id random; its public address, which nobody can count up to
    number    as printed: 22 characters by the national rule, or a card's
    printed   every fact on the paper but the name, in order, as [{"key", "zh", "en"}]; what a
              key is called is the pack's
    issued    the day on which the number was given; what it proves may be earlier (`record.start`)
    until     first day on which it is no longer valid; None: for life
    replaces  the one that it took the place of (a name corrected, a paper lost)
    document  the signed credential, to the byte; "": not signed yet (a run was interrupted)
    token     what its QR code says, signed with it
    revocation, suspension   its lists; `place` its index in both
    """

    public_id = models.UUIDField(unique=True)
    sort = models.CharField(max_length=12, choices=[(s.value, SORTS[s].zh) for s in Sort])
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="credentials")
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="credentials")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    printed = models.JSONField()
    issued = models.DateField()
    until = models.DateField(null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    standing = models.CharField(
        max_length=12,
        choices=[(s.value, STANDINGS[s].zh) for s in Standing],
        default=Standing.ISSUED,
    )
    key = models.ForeignKey(IssuingKey, on_delete=models.PROTECT, related_name="signed")
    document = models.TextField(blank=True)
    token = models.TextField(blank=True)
    revocation = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="+")
    suspension = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField()
    run = models.ForeignKey(
        PrintRun, on_delete=models.PROTECT, null=True, related_name="credentials"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["holder", "standing"]),
            models.Index(fields=["issuer", "issued"]),
            models.Index(fields=["issuer"], condition=Q(document=""), name="not_signed_yet"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record"],
                condition=~Q(standing="superseded"),
                name="one_credential_of_a_record",
            ),
            models.UniqueConstraint(fields=["revocation", "place"], name="one_place_one_bit"),
            models.CheckConstraint(
                name="a_credential_ends_after_it_is_issued",
                condition=Q(until__isnull=True) | Q(until__gt=F("issued")),
            ),
        ]

    def __str__(self) -> str:
        return f"credential {self.pk}"


class Change(models.Model):
    """One decision about a credential. None is ever changed or taken away.

    day  from which it holds; `at` is the moment at which it was decided
    """

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="changes")
    standing = models.CharField(
        max_length=12, choices=[(s.value, STANDINGS[s].zh) for s in Standing]
    )
    day = models.DateField()
    why = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.standing}"
