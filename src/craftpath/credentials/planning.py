"""What would be issued for a record, or why nothing can be. Reads only; nothing is written here.

Whatever many records have in common (issuer, key, filings, identity numbers) is looked up once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from craftpath.access.clock import today
from craftpath.credentials.choices import FINAL, Sort
from craftpath.credentials.facts import certificates, code_label, step_of
from craftpath.credentials.filing import filing_of, programme_of
from craftpath.credentials.models import Credential, Issuer, IssuingKey
from craftpath.credentials.queries import issuer_of
from craftpath.engine.rules import Label
from craftpath.pack.certificates import Paper
from craftpath.pack.words import en_day, zh_day
from craftpath.registry.filings import Filing, filings_of
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Identifier, Party, Record
from craftpath.registry.queries import selves

__all__ = ["Planner", "Refused", "Wanted", "current_key"]


@dataclass(frozen=True)
class Wanted:
    """A credential about to be issued: everything but its number and its place in the lists.

    prefix    of the series that its number comes from
    replaces  the credential that it takes the place of
    """

    record: Record
    holder: Party
    issuer: Issuer
    key: IssuingKey
    sort: Sort
    paper: Paper
    prefix: str
    until: dt.date | None
    identity: Identifier | None
    replaces: Credential | None


@dataclass(frozen=True)
class Refused:
    """Why nothing can be issued for a record, and what is missing. `done`: it has been."""

    record: Record
    label: Label
    done: bool = False


def current_key(issuer: Issuer) -> IssuingKey | None:
    return (
        IssuingKey.objects.select_related("issuer__party").filter(issuer=issuer, until=None).first()
    )


@dataclass
class Planner:
    """Plans for today."""

    day: dt.date = field(default_factory=today)
    _issuers: dict[tuple[int | None, int | None, str], Issuer | None] = field(default_factory=dict)
    _keys: dict[int, IssuingKey | None] = field(default_factory=dict)
    _filings: dict[int, list[Filing]] = field(default_factory=dict)

    def issuer(self, record: Record) -> Issuer | None:
        """Asked of the database once for each body, programme and region."""
        came = getattr(record, "came_of", None)
        key = (
            record.other_id,
            None if came is None else came.programme_id,
            "" if record.other_id or came is not None else record.party.region,
        )
        if key not in self._issuers:
            self._issuers[key] = issuer_of(record)
        return self._issuers[key]

    def plan(self, records: Sequence[Record]) -> list[Wanted | Refused]:
        """One answer for each, in their order."""
        identities = _identities(records)
        earlier = _earlier_cards(records, self.day)
        corrected = _corrected(records)
        had = set(
            Credential.objects.filter(record__in=[one.pk for one in records]).values_list(
                "record", flat=True
            )
        )
        planned: list[Wanted | Refused] = []
        for one in records:
            who = one.party.merged_into_id or one.party_id
            replaces = corrected.get(one.pk) or earlier.get((one.kind, who, one.subject or ""))
            if one.pk in had:
                planned.append(Refused(one, _HAD, done=True))
            else:
                planned.append(self._plan(one, identities.get(who), replaces))
        return planned

    def again(self, credential: Credential) -> Wanted | Refused:
        """The same record anew, in place of what was issued for it."""
        record = credential.record
        who = record.party.merged_into_id or record.party_id
        return self._plan(record, _identities([record]).get(who), credential)

    def _plan(
        self, record: Record, identity: Identifier | None, replaces: Credential | None
    ) -> Wanted | Refused:
        who = record.party.merged_into or record.party
        found = certificates().paper_of(record.kind)
        if found is None:
            return Refused(record, Label("这种记录没有证书。", "No paper proves such a record."))
        sort, paper = Sort(found[0]), found[1]
        issuer = self.issuer(record)
        why = self._why_not(record, issuer, sort)
        if why is not None or issuer is None:
            return Refused(record, why or _NO_ISSUER[sort])
        key = self._key(issuer)
        if key is None:
            return Refused(record, _no_key(issuer))
        step = step_of(site_pack(), record.kind, record.level)
        prefix = paper.number.prefix(
            year=self.day.year,
            body=issuer.code,
            level="" if step is None else step.code,
            region=issuer.region[:6],
        )
        if isinstance(prefix, Label):
            return Refused(record, prefix)
        if replaces is not None and replaces.issuer_id != issuer.pk:
            replaces = None
        return Wanted(
            record=record,
            holder=who,
            issuer=issuer,
            key=key,
            sort=sort,
            paper=paper,
            prefix=prefix,
            until=record.end,
            identity=identity,
            replaces=replaces,
        )

    def _why_not(self, record: Record, issuer: Issuer | None, sort: Sort) -> Label | None:
        if not record.stands:
            return Label("记录已被更正或作废。", "The record was corrected or voided.")
        if record.status != Record.Status.VERIFIED:
            return Label("记录尚未核实。", "The record is not verified.")
        if record.start > self.day:
            return Label("记录尚未生效。", "The record does not hold yet.")
        if record.end is not None and record.end <= self.day:
            return Label("记录已经到期。", "The record is over.")
        if issuer is None:
            return _NO_ISSUER[sort]
        if sort == Sort.CARD:
            if record.subject is None:
                return Label("请先更正记录，选定卡种。", "Say first which card, in the record.")
            return None
        if record.subject is None or record.level is None:
            return Label("记录缺少职业或等级。", "The record lacks its occupation or its level.")
        return self._unfiled(record, issuer)

    def _unfiled(self, record: Record, issuer: Issuer) -> Label | None:
        body = issuer.party_id
        if body not in self._filings:
            self._filings[body] = filings_of(body)
        programme = programme_of(record)
        region = "" if programme is None else programme.region
        if filing_of(record, region, self._filings[body]) is not None:
            return None
        return _not_filed(issuer, record, region)

    def _key(self, issuer: Issuer) -> IssuingKey | None:
        if issuer.pk not in self._keys:
            self._keys[issuer.pk] = current_key(issuer)
        return self._keys[issuer.pk]


_HAD = Label("已经有证书或卡。", "It has its certificate or card already.")
_NO_ISSUER = {
    Sort.CERTIFICATE: Label(
        "评价机构尚未登记为签发机构。", "The assessment body is not registered as an issuer."
    ),
    Sort.CARD: Label(
        "该地区尚未登记发卡单位。", "No office is registered to issue cards for this region."
    ),
}


def _no_key(issuer: Issuer) -> Label:
    name = issuer.party.name
    english = issuer.party.name_en or name
    return Label(
        f"{name}没有正在使用的签名密钥，请先建立。",
        f"{english} has no key that signs; make one first.",
    )


def _not_filed(issuer: Issuer, record: Record, region: str) -> Label:
    """Names what is missing: occupation, level, place and day."""
    pack = site_pack()
    what = code_label(pack, record.kind, record.subject) or Label("", "")
    step = step_of(pack, record.kind, record.level)
    level = Label("", "") if step is None else step.label
    place = code_label(pack, "located", region or None) or Label("", "")
    name, english = issuer.party.name, issuer.party.name_en or issuer.party.name
    at, of = (f"在{place.zh}", f" in {place.en}") if region else ("", "")
    return Label(
        f"{name}{zh_day(record.start)}{at}没有{what.zh}（{record.subject}）{level.zh}的评价备案。",
        f"On {en_day(record.start)} {english} was not filed to assess {what.en} "
        f"({record.subject}), {level.en}{of}.",
    )


def _identities(records: Iterable[Record]) -> dict[int, Identifier]:
    """The identity document of each holder, the first that was registered."""
    people = {record.party.merged_into_id or record.party_id for record in records}
    found = Identifier.objects.filter(party__in=people).order_by("-pk")
    return {one.party_id: one for one in found}


def _earlier_cards(
    records: Iterable[Record], day: dt.date
) -> dict[tuple[str, int, str], Credential]:
    """Cards that have not lapsed, by kind, holder and code: a new one of the same takes their
    place."""
    kinds = {paper.kind for sort, paper in certificates().papers.items() if sort == Sort.CARD}
    people = {
        record.party.merged_into_id or record.party_id for record in records if record.kind in kinds
    }
    if not people:
        return {}
    found = (
        Credential.objects.select_related("record", "holder")
        .filter(sort=Sort.CARD, holder__in=selves(people))
        .exclude(standing__in=FINAL)
        .order_by("pk")
    )
    cards: dict[tuple[str, int, str], Credential] = {}
    for one in found:
        if one.until is None or one.until > day:
            who = one.holder.merged_into_id or one.holder_id
            cards[one.record.kind, who, one.record.subject or ""] = one
    return cards


def _corrected(records: Iterable[Record]) -> dict[int, Credential]:
    """For records that corrected another one: what had been issued for that one, however many
    corrections ago."""
    before: dict[int, set[int]] = defaultdict(set)
    origin = {one.supersedes_id: one.pk for one in records if one.supersedes_id is not None}
    while origin:
        for old, new in origin.items():
            before[new].add(old)
        steps = Record.objects.filter(pk__in=origin, supersedes__isnull=False)
        origin = {
            older: origin[old]
            for old, older in steps.values_list("pk", "supersedes")
            if older is not None
        }
    by_record = {old: new for new, olds in before.items() for old in olds}
    found = (
        Credential.objects.filter(record__in=by_record, replaced_by=None)
        .exclude(standing="superseded")
        .order_by("pk")
    )
    return {by_record[one.record_id]: one for one in found}
