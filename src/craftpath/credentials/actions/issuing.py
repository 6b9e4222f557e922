"""Issue credentials: a number and a row in one short transaction, the signature outside of it.

    issue(actor, record_ids)           a few, at once
    issue_for_programme(actor, slug)   everybody whom a programme gave a record, in the background,
                                       and one PDF of all of them

A process that is killed leaves rows without a document. Whoever goes on signs those
(`sign_pending`, which a worker also does when it starts); a number is never given twice, and none
is left out, since it exists only with its row.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import islice

from django.db import IntegrityError, transaction

from craftpath.access.act import act, act_all
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.may import require
from craftpath.access.regions import contains
from craftpath.access.roles import SYSTEM, Actor
from craftpath.bulk import insert_all
from craftpath.credentials import tasks
from craftpath.credentials.addresses import proofs_page
from craftpath.credentials.choices import UNDER_WAY, Standing
from craftpath.credentials.documents import signed_document, token_of
from craftpath.credentials.facts import Printing, certificates, facts_of
from craftpath.credentials.fit_address import require_fit_address, settle
from craftpath.credentials.lists import Seat, take_seats, touch
from craftpath.credentials.models import Change, Credential, Issuer, IssuingKey, PrintRun
from craftpath.credentials.numbers import hold_series
from craftpath.credentials.planning import Planner, Refused, Wanted, current_key
from craftpath.credentials.queries import UNSIGNED, issuers_run_by, lacking
from craftpath.credentials.signers import public_key, signer_of
from craftpath.engine.rules import Label
from craftpath.programmes.locking import hold
from craftpath.programmes.queries import programme_run_by
from craftpath.registry.models import Message, Record
from craftpath.registry.queries import selves
from craftpath.registry.resuming import forget

__all__ = [
    "give_numbers",
    "issue",
    "issue_for_programme",
    "plan_all",
    "records_in_order",
    "sign",
    "sign_pending",
    "told_refused",
    "with_present_keys",
]

#: Issued and signed while somebody waits.
MOST_AT_ONCE = 200
#: Issued and printed together.
MOST_IN_RUN = 10_000
#: Signed, then saved together.
SLICE = 50
#: Not signed yet, or by a key that is not believed any more.
#: Reasons that a refusal names.
_NAMED = 5


def issue(actor: Actor, record_ids: Sequence[int]) -> list[Credential]:
    """Certificates or cards for records that have none yet, signed when this returns.

    All of them or none; what somebody else issues at the same moment is left out. A record that
    corrected another takes over from what was issued for that one, and a card from the holder's
    card of the same kind that has not lapsed.

    NotThere: a record of somebody else's issuing. NotAllowed. Invalid: none, or more than 200.
    Conflict: what is missing (a filing, a key, an issuer, a card's kind), or one has its credential
    already, or the site's address is not fit.
    """
    require(actor, "credential.issue")
    require_fit_address()
    wanted = list(dict.fromkeys(record_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise Invalid(
            {
                "records": Label(
                    f"请选择 1 至 {MOST_AT_ONCE} 条记录。", f"Choose 1 to {MOST_AT_ONCE} records."
                )
            }
        )
    records = records_in_order(wanted)
    planner = Planner()
    _require_own(actor, planner, records, len(wanted))
    done = give_numbers(actor, plan_all(planner, records))
    sign(actor, done)
    return done


def issue_for_programme(
    actor: Actor, slug: str, *, note: str = "", enqueue: bool = True
) -> PrintRun:
    """A run that issues what everybody who passed lacks, signs it, and prints it as one PDF; of
    more than 10,000 the first, and whoever is left in the next run.

    enqueue  False where the caller does the work itself, at once (`printing.work_on`)

    NotThere, NotAllowed. Conflict: nobody lacks one, a run of it is under way, or what is missing
    and for how many, or the site's address is not fit; nothing is begun then.
    """
    require(actor, "credential.issue")
    require_fit_address()
    programme = programme_run_by(actor, slug)
    records = records_in_order(list(lacking(programme).values_list("pk", flat=True)[:MOST_IN_RUN]))
    if not records:
        raise Conflict(
            "没有待发证的人员。", "Nobody of this programme lacks a certificate or a card."
        )
    planner = Planner()
    _require_own(actor, planner, records, len(records))
    planned = plan_all(planner, records)
    issuers = {one.issuer.pk: one.issuer for one in planned}
    if len(issuers) > 1:
        raise Conflict(
            "这些记录由不同单位签发，请分别办理。",
            "These records are proved by different issuers; issue for one at a time.",
        )
    (issuer,) = issuers.values()
    with act(actor, "credential.issue", told_as="print.begin") as trace:
        hold(programme.pk)
        if PrintRun.objects.filter(programme=programme, phase__in=UNDER_WAY).exists():
            raise Conflict("正在批量发证，请稍候。", "A run of it is under way; wait for it.")
        run = PrintRun.objects.create(
            issuer=issuer,
            programme=programme,
            note=note.strip()[:200],
            records=[one.record.pk for one in planned],
            by_id=actor.user,
            duty=actor.duty,
            at=now(),
        )
        trace.on(run)
        trace.details = {"slug": slug, "records": len(planned)}
    if enqueue:
        tasks.run.enqueue(run.pk)
        run.refresh_from_db()
    return run


# --- what is asked for ---------------------------------------------------------------------


def records_in_order(ids: Sequence[int]) -> list[Record]:
    """In the order asked for."""
    found: dict[int, Record] = {}
    asked = iter(ids)
    while some := list(islice(asked, 5000)):  # SQLite takes so many variables
        found |= {
            one.pk: one
            for one in Record.objects.select_related(
                "party__merged_into", "other", "came_of__programme__host"
            ).filter(pk__in=some)
        }
    return [found[id] for id in ids if id in found]


def _require_own(actor: Actor, planner: Planner, records: Sequence[Record], count: int) -> None:
    """NotThere: one is no record, or of somebody else's issuing. That nobody issues for it yet is
    told to those whom it concerns."""
    if len(records) != count:
        raise NotThere
    mine = set(issuers_run_by(actor).values_list("pk", flat=True))
    own = set(selves([actor.party])) if actor.party is not None else set()
    for one in records:
        issuer = planner.issuer(one)
        if issuer is not None:
            concerned = issuer.pk in mine
        elif actor.role.is_official:
            concerned = contains(actor.region, one.party.region)
        else:
            concerned = one.other_id in own
        if not concerned:
            raise NotThere


def plan_all(planner: Planner, records: Sequence[Record]) -> list[Wanted]:
    """What would be issued for each. Conflict, with what is missing and for how many."""
    planned = planner.plan(records)
    refused = [one for one in planned if isinstance(one, Refused)]
    if refused:
        said = told_refused(refused)
        raise Conflict(said.zh, said.en)
    return [one for one in planned if isinstance(one, Wanted)]


def told_refused(refused: Sequence[Refused]) -> Label:
    """What is missing, and for how many."""
    counts = Counter(one.label for one in refused)
    zh, en = [], []
    for label, count in islice(counts.items(), _NAMED):
        zh.append(f"{label.zh.rstrip('。')}（{count} 人）" if count > 1 else label.zh.rstrip("。"))
        en.append(f"{label.en.rstrip('.')} ({count} people)." if count > 1 else label.en)
    more = "…" if len(counts) > _NAMED else ""
    return Label("；".join(zh) + more + "。", " ".join(en) + more)


# --- numbers -------------------------------------------------------------------------------


def give_numbers(
    actor: Actor, wanted: Sequence[Wanted], run: PrintRun | None = None, *, why: str = ""
) -> list[Credential]:
    """Numbers and rows in one transaction; those whose record has a credential by now are left out.

    Locked in this order, by everybody: series, lists, what is replaced, the head of the audit.
    """
    require_fit_address()  # a run that goes on after a restart, perhaps with other settings
    day, moment = today(), now()
    issued_again = {one.record.pk for one in wanted if _is_again(one)}
    try:
        with act_all(actor, "credential.issue", why=why) as traces:
            series = hold_series([one.prefix for one in wanted])
            had = set(
                Credential.objects.filter(record__in=[one.record.pk for one in wanted])
                .exclude(record__in=issued_again)
                .values_list("record", flat=True)
            )
            fresh = [one for one in wanted if one.record.pk not in had]
            seats = _seats(fresh)
            _step_aside(actor, fresh, why)
            settle({one.issuer.pk: one.issuer for one in fresh}.values())
            made = [
                _row(one, series.take(one.paper.number, one.prefix), seat, run)
                for one, seat in zip(fresh, seats, strict=True)
            ]
            series.save()
            Credential.objects.bulk_create(made)
            Change.objects.bulk_create(
                Change(
                    credential=one,
                    standing=Standing.ISSUED,
                    day=day,
                    why=why[:300],
                    by_id=actor.user,
                    at=moment,
                )
                for one in made
            )
            _tell(made)
            for one in made:
                traces.told(
                    one,
                    party=one.holder_id,
                    number=one.number,
                    record=one.record_id,
                    run=None if run is None else run.pk,
                    replaces=one.replaces.number if one.replaces else None,
                )
    except IntegrityError as trouble:
        raise Conflict(
            "这些记录刚由别人发证，请刷新后再看。",
            "Somebody has just issued for these records; reload the page.",
        ) from trouble
    return made


def _is_again(one: Wanted) -> bool:
    """Whether it takes the place of what was issued for the very same record."""
    return one.replaces is not None and one.replaces.record_id == one.record.pk


def _seats(wanted: Sequence[Wanted]) -> list[Seat]:
    """A place in the lists for each, in their order; issuers by their numbers."""
    counts: dict[int, int] = defaultdict(int)
    issuers: dict[int, Issuer] = {}
    for one in wanted:
        counts[one.issuer.pk] += 1
        issuers[one.issuer.pk] = one.issuer
    taken = {pk: iter(take_seats(issuers[pk], counts[pk])) for pk in sorted(counts)}
    return [next(taken[one.issuer.pk]) for one in wanted]


def _step_aside(actor: Actor, wanted: Sequence[Wanted], why: str) -> None:
    """What is replaced is superseded from today. Conflict: it was, or was revoked, meanwhile."""
    old = [one.replaces for one in wanted if one.replaces is not None]
    if not old:
        return
    pks = sorted(one.pk for one in old)
    standing = dict(
        Credential.objects.select_for_update(of=("self",))
        .filter(pk__in=pks)
        .order_by("pk")
        .values_list("pk", "standing")
    )
    if any(standing[one.replaces.pk] in _never(one) for one in wanted if one.replaces):
        raise Conflict(
            "原证刚被代替，请刷新后再看。", "It has just been replaced; reload the page."
        )
    Credential.objects.filter(pk__in=pks).update(standing=Standing.SUPERSEDED)
    Change.objects.bulk_create(
        Change(
            credential_id=pk,
            standing=Standing.SUPERSEDED,
            day=today(),
            why=why[:300],
            by_id=actor.user,
            at=now(),
        )
        for pk in pks
    )
    touch({one.revocation_id for one in old} | {one.suspension_id for one in old})


def _never(one: Wanted) -> Collection[str]:
    """Standings in which nothing takes its place. What fell with a record that was corrected may be
    replaced by what is issued for the new record."""
    if _is_again(one):
        return (Standing.SUPERSEDED, Standing.REVOKED, Standing.SUSPENDED)
    return (Standing.SUPERSEDED,)


def _row(one: Wanted, number: str, seat: Seat, run: PrintRun | None) -> Credential:
    issued = today()
    replaces = one.replaces
    body = Label(one.issuer.party.name, one.issuer.party.name_en or one.issuer.party.name)
    printing = Printing(
        record=one.record,
        number=number,
        issued=issued,
        until=one.until,
        body=body,
        identity=one.identity,
        replaces=replaces.number if replaces else "",
    )
    return Credential(
        public_id=uuid.uuid4(),
        sort=one.sort,
        record=one.record,
        holder=one.holder,
        issuer=one.issuer,
        number=number,
        name=one.holder.name,
        name_en=one.holder.name_en,
        printed=facts_of(one.paper, printing),
        issued=issued,
        until=one.until,
        replaces=replaces,
        key=one.key,
        revocation=seat.revocation,
        suspension=seat.suspension,
        place=seat.place,
        run=run,
    )


def _tell(made: Sequence[Credential]) -> None:
    papers, moment = certificates().papers, now()
    insert_all(
        Message,
        ("party", "zh", "en", "link", "at"),
        (
            (
                one.holder_id,
                f"{one.issuer.party.name}已签发您的{papers[one.sort].title.zh}，"
                f"编号 {one.number}。"[:300],
                f"{one.issuer.party.name_en or one.issuer.party.name} issued your "
                f"{papers[one.sort].title.en}, number {one.number}."[:400],
                proofs_page(),
                moment,
            )
            for one in made
        ),
    )


# --- signatures ----------------------------------------------------------------------------


def sign(actor: Actor, credentials: Sequence[Credential]) -> int:
    """Sign with the key that each row names and save, slice by slice; what somebody else has signed
    meanwhile stays theirs. The rows are then as they are kept. Returns how many were signed.
    Conflict: the site's address is not fit."""
    count = 0
    if credentials:
        require_fit_address()
    for at in range(0, len(credentials), SLICE):
        some = credentials[at : at + SLICE]
        signers = {one.key_id: (signer_of(one.key), public_key(one.key)) for one in some}
        for one in some:
            signer, public = signers[one.key_id]
            one.document = signed_document(one, signer, now())
            one.token = token_of(one, signer, public)
        count += _save(actor, some)
    return count


def _save(actor: Actor, some: Sequence[Credential]) -> int:
    with transaction.atomic():
        waiting = set(
            Credential.objects.select_for_update(of=("self",))
            .filter(UNSIGNED, pk__in=[one.pk for one in some])
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        mine = [one for one in some if one.pk in waiting]
        if mine:
            _save_mine(actor, mine)
    for one in some:
        if one.pk not in waiting:
            one.refresh_from_db(fields=["document", "token", "key"])
    return len(mine)


def _save_mine(actor: Actor, mine: Sequence[Credential]) -> None:
    digest = hashlib.sha256("".join(one.document for one in mine).encode()).hexdigest()
    with act(actor, "credential.issue", told_as="credential.sign") as trace:
        Credential.objects.bulk_update(mine, ["document", "token", "key"])
        trace.on(mine[0].key)
        trace.details = {
            "signed": len(mine),
            "first": mine[0].number,
            "last": mine[-1].number,
            "sha256": digest,
        }


def sign_pending(limit: int | None = None) -> int:
    """Sign what was left unsigned, and anew what a broken key had signed, with the key by which
    its issuer signs now; where there is none, it waits. Safe to call at any time, and by several.
    Returns how many were signed."""
    done, after = 0, 0
    while limit is None or done < limit:
        some = list(
            Credential.objects.select_related(
                "issuer__party", "record", "revocation__issuer", "suspension__issuer"
            )
            .filter(UNSIGNED, pk__gt=after)
            .order_by("pk")[:SLICE]
        )
        if not some:
            break
        after = some[-1].pk
        done += sign(SYSTEM, with_present_keys(some)[: None if limit is None else limit - done])
        forget(tasks.sign)
    return done


def with_present_keys(some: Sequence[Credential]) -> list[Credential]:
    """Those whose issuer has a key that signs now, about to be signed with it."""
    issuers = {one.issuer_id: one.issuer for one in some}
    keys: dict[int, IssuingKey | None] = {pk: current_key(one) for pk, one in issuers.items()}
    ready = []
    for one in some:
        key = keys[one.issuer_id]
        if key is not None:
            one.key = key
            ready.append(one)
    return ready
