"""Bring a file in: upload, check, commit, undo.

    UPLOADED → CHECKING → CHECKED → COMMITTING → COMMITTED → UNDOING → UNDONE
                   ↓    ↘ REFUSED       ↓                       ↓
              CHECK_FAILED         WRITE_FAILED            UNDO_FAILED

What was begun in vain as often as it may (`registry.resuming`) has failed. Nothing goes on with it
by itself: a person has it gone on with (`go_on`), or takes back what was written of it so far.

Whoever is logged in uploads, commits and undoes; the work itself goes on in the background
(`registry.tasks`), in slices. A slice of rows, the count `done` and the audit entry are one
transaction: a process killed at any moment leaves the batch at the end of a slice, and whoever
goes on, one or several at once, begins there.

Undoing voids every record that the batch wrote and that still stands as written; what somebody has
corrected or verified since is theirs and stays. A party that the batch added, and of which nothing
else is known by then, is left without a standing record and without a region, so that it is in
nobody's scope; its number stays known, and the same file brought in again finds it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import IntegrityError
from django.db.models import DateField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Greatest
from django_tasks.base import Task

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotAllowed, NotThere, TooMuch
from craftpath.access.models import Duty
from craftpath.access.roles import SYSTEM, Actor
from craftpath.engine.rules import Label
from craftpath.registry import tasks
from craftpath.registry.actions.places import is_place, refresh_regions
from craftpath.registry.following import tell_followers
from craftpath.registry.identity import Number, birth_and_sex, sealed_identifier
from craftpath.registry.imports.checking import Checked, Checker, Known
from craftpath.registry.imports.lookups import InDatabase
from craftpath.registry.imports.nouns import Cell, FactSaid, Line, PartySaid, Problem
from craftpath.registry.imports.reading import MAX_BYTES, Opened, Sheet, Unreadable, open_file
from craftpath.registry.imports.rejects import Rejects
from craftpath.registry.imports.sorts import SORTS
from craftpath.registry.imports.staged import SLICE, read_slice, stage
from craftpath.registry.imports.vault import keep, keep_plain, kept
from craftpath.registry.kinds import BIRTH, FOUNDED, own_kinds, site_pack
from craftpath.registry.models import Batch, Identifier, Party, Record
from craftpath.registry.queries import batch_seen_by
from craftpath.registry.resuming import forget
from craftpath.registry.vouching import told_by_number
from craftpath.uploads import let_go

__all__ = [
    "check_batch",
    "commit_batch",
    "fail_batch",
    "go_on",
    "undo_batch",
    "upload",
    "void_slices",
    "write_slices",
]

State = Batch.State
#: Problems kept with the batch, to be shown; all of them are in the file of rejects.
_SHOWN = 500
#: Characters of rows that are looked at together.
_TEXT = 8 << 20


# --- upload ----------------------------------------------------------------------------------


def upload(
    actor: Actor, sort_id: str, file_name: str, content: bytes, *, enqueue: bool = True
) -> Batch:
    """Take a file in and have it checked. Nothing is written to the registry yet.

    enqueue  False where the caller checks it itself, at once (`check_batch`)
    NotAllowed: such a sheet is not for this duty. TooMuch: over 50 MB. Invalid: no such sort.
    """
    sort = SORTS.get(sort_id)
    if sort is None:
        raise Invalid({"sort": Label("请选择导入的类型。", "Choose what to bring in.")})
    if actor.role not in sort.roles:
        raise NotAllowed
    if len(content) > MAX_BYTES:
        raise TooMuch(
            f"文件超过 {MAX_BYTES >> 20} MB，请分成几个。",
            f"The file is larger than {MAX_BYTES >> 20} MB; split it.",
        )
    name = Path(file_name.replace("\\", "/")).name[:200]
    stored = keep("imports", content)
    with act(actor, "import.check", told_as="import.upload") as trace:
        batch = Batch.objects.create(
            user_id=actor.user,
            duty=actor.duty,
            scope_party=actor.party,
            scope_region=actor.region,
            sort=sort.id,
            file_name=name,
            file=stored,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        trace.on(batch)
        trace.details = {"sort": sort.id, "sha256": batch.sha256, "bytes": len(content)}
    if enqueue:
        tasks.check.enqueue(batch.pk)
    batch.refresh_from_db()
    return batch


# --- check -----------------------------------------------------------------------------------


def check_batch(batch_id: int) -> None:
    """Read the file and set good rows and bad apart. Begun anew after a kill: it writes nothing
    but its own two files, and the batch in one step at the end."""
    begun = Batch.objects.filter(pk=batch_id, state__in=(State.UPLOADED, State.CHECKING))
    if not begun.update(state=State.CHECKING):
        return
    batch = Batch.objects.get(pk=batch_id)
    duty = Duty.objects.select_related("user").filter(pk=batch.duty or 0).first()
    if duty is None:
        raise NotThere
    actor = duty.actor("worker")
    result = _Result()
    try:
        opened = open_file(batch.file_name, kept(batch.file.name or ""), SORTS[batch.sort])
        _check_rows(batch, actor, opened, result)
    except Unreadable as why:
        _refuse(batch, actor, why.label)
        return
    with act(actor, "import.check", on=batch) as trace:
        changed = Batch.objects.filter(pk=batch.pk, state=State.CHECKING).update(
            state=State.CHECKED,
            rows=result.rows,
            good=result.good,
            bad=result.bad,
            known=result.known,
            problems=[problem.plain() for problem in result.problems],
            notes=[[note.zh, note.en] for note in result.notes],
            staged=result.staged,
            rejects=result.rejects,
        )
        if not changed:
            raise Conflict("这一批已由另一个进程核对。", "Another process has checked this batch.")
        trace.details = {
            "rows": result.rows, "good": result.good, "bad": result.bad, "known": result.known,
        }  # fmt: skip


def _refuse(batch: Batch, actor: Actor, why: Label) -> None:
    with act(actor, "import.check", on=batch, told_as="import.refuse", why=why.zh):
        Batch.objects.filter(pk=batch.pk, state=State.CHECKING).update(
            state=State.REFUSED, notes=[[why.zh, why.en]], finished_at=now()
        )


@dataclass
class _Result:
    rows: int = 0
    good: int = 0
    bad: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[Label] = field(default_factory=list)
    staged: str | None = None
    rejects: str | None = None


def _check_rows(batch: Batch, actor: Actor, opened: Opened, result: _Result) -> None:
    """Stream the rows through the check; what passed and what did not each into a file."""
    pack, sort = site_pack(), SORTS[batch.sort]
    home = Party.objects.filter(pk=actor.party or 0).values_list("region", flat=True).first() or ""
    checker = Checker(pack, sort, actor, today(), InDatabase(), home)
    with tempfile.TemporaryDirectory(prefix="craftpath-import-") as folder:
        path = Path(folder) / "rejects.xlsx"
        with tempfile.TemporaryFile() as staged, Rejects(path) as rejects:
            lines = _passing(checker, opened, result, rejects)
            result.good = stage(lines, staged)
            staged.seek(0)
            result.staged = keep_plain("staged", staged.read()) if result.good else None
        result.bad = rejects.rows
        result.rejects = keep("rejects", path.read_bytes()) if result.bad else None
    result.notes = opened.notes


def _passing(checker: Checker, opened: Opened, result: _Result, rejects: Rejects) -> Iterator[Line]:
    for sheet in opened.sheets:
        for checked in _slices_checked(checker, sheet):
            result.rows += checked.rows
            result.known += checked.known
            for _, cells, problems in checked.bad:
                rejects.add(sheet.heading, cells, problems)
                result.problems.extend(problems[: _SHOWN - len(result.problems)])
            yield from checked.lines


def _slices_checked(checker: Checker, sheet: Sheet) -> Iterator[Checked]:
    rows = sheet.rows()
    while some := list(_some(rows)):
        yield checker.check(sheet.name, sheet.heading, some)


def _some(rows: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
    """The next rows to be looked at together: not so many where there is much in them."""
    left = _TEXT
    for number, cells in islice(rows, 5 * SLICE):
        yield number, cells
        left -= sum(len(cell) for cell in cells if isinstance(cell, str))
        if left < 0:
            return


# --- commit ----------------------------------------------------------------------------------


def commit_batch(actor: Actor, batch_id: int, *, enqueue: bool = True) -> Batch:
    """Have the good rows of a checked batch written. Conflict: it is not at that point.

    enqueue  False where the caller writes them itself, at once (`write_slices`)
    """
    batch_seen_by(actor, batch_id)
    with act(actor, "import.commit") as trace:
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state != State.CHECKED or not batch.good:
            raise Conflict(
                "这一批没有可写入的行，或已在写入。",
                "This batch has no row to write, or is being written already.",
            )
        batch.state = State.COMMITTING
        batch.save(update_fields=["state"])
        trace.on(batch)
        trace.details = {"good": batch.good}
    if enqueue:
        tasks.commit.enqueue(batch.pk)
    batch.refresh_from_db()
    return batch


class _Elsewhere(Exception):
    """Another worker has written this slice meanwhile."""


def write_slices(batch_id: int, tell: Callable[[int], None] | None = None) -> None:
    """Write what is left of a batch. Safe to call again, and by several at once.

    tell  is told the count of rows written after each slice
    """
    trouble = 0
    while True:
        batch = Batch.objects.get(pk=batch_id)
        if batch.state != State.COMMITTING:
            return
        try:
            done = _write_next(batch)
            trouble = 0
            if tell is not None:
                tell(done)
        except _Elsewhere:
            continue
        except IntegrityError:
            # Somebody registered one of the numbers at this moment: looked up again, it is found.
            trouble += 1
            if trouble > 3:
                raise


def _write_next(batch: Batch) -> int:
    """Write the slice after `batch.done`; the count of rows written by then."""
    lines = _slice_of(batch)
    with act(SYSTEM, "import.commit", on=batch, told_as="import.slice") as trace:
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        if (locked.state, locked.done) != (State.COMMITTING, batch.done):
            raise _Elsewhere
        written = _write_lines(batch, lines)
        locked.done += len(lines)
        if locked.done >= locked.good:
            locked.state, locked.finished_at = State.COMMITTED, now()
        locked.save(update_fields=["done", "state", "finished_at"])
        if locked.state == State.COMMITTED:
            let_go(locked, "staged")
        forget(tasks.commit, batch.pk)
        trace.details = {"after": batch.done, "rows": len(lines), **written}
    return locked.done


def _slice_of(batch: Batch) -> list[Line]:
    """What is written next. _Elsewhere: its file is let go, since another worker has finished."""
    try:
        with default_storage.open(batch.staged.name or "", "rb") as source:
            return read_slice(source, batch.done)
    except FileNotFoundError:
        if Batch.objects.filter(pk=batch.pk, state=batch.state, done=batch.done).exists():
            raise
        raise _Elsewhere from None


def _write_lines(batch: Batch, lines: list[Line]) -> dict[str, int]:
    """Write a slice; what it says that stands meanwhile is left out. Counts for the audit."""
    day = today()
    digests = {line.party.digest for line in lines}
    known = InDatabase().parties(digests)
    # Two batches about one person at once: the second waits here and then sees what is written.
    held = sorted({party.id for party in known.values()})
    if list(Party.objects.select_for_update().filter(pk__in=held).order_by("pk").only("pk")):
        known = InDatabase().parties(digests)
    added = _add_parties(lines, known)
    said: set[tuple[Any, ...]] = set()
    records: list[Record] = []
    moved: set[int] = set()
    bare: dict[int, str] = {}
    for line in lines:
        old = known.get(line.party.digest)
        party = old.id if old else added[line.party.digest]
        stands = old.facts if old else frozenset()
        if old is None or old.born is None:
            facts: Iterable[FactSaid] = (*_firsts(line.party), *line.facts)
            if old is not None:
                bare[party] = line.party.region
        else:
            facts = line.facts
        for fact in facts:
            key = (party, *fact.key)
            if fact.key in stands or key in said:
                continue
            said.add(key)
            records.append(_record(batch, party, fact, day))
            if old is not None and is_place(fact.kind):
                moved.add(party)
    Record.objects.bulk_create(records)
    Party.objects.bulk_update(
        [Party(pk=pk, region=region) for pk, region in bare.items() if region], ["region"]
    )
    refresh_regions(moved, day)
    return {"parties": len(added), "records": len(records)}


def _add_parties(lines: list[Line], known: Mapping[str, Known]) -> dict[str, int]:
    """Parties for the numbers that are not registered, by digest."""
    wanted: dict[str, PartySaid] = {}
    for line in lines:
        if line.party.digest not in known and line.party.new:
            wanted.setdefault(line.party.digest, line.party)
    parties = Party.objects.bulk_create(
        Party(
            nature=Party.Nature.ORGANISATION
            if said.scheme == Identifier.Scheme.USCC
            else Party.Nature.PERSON,
            name=said.name,
            name_en=said.name_en,
            region=said.region,
        )
        for said in wanted.values()
    )
    Identifier.objects.bulk_create(
        sealed_identifier(party.pk, Number(said.scheme, said.number))
        for party, said in zip(parties, wanted.values(), strict=True)
    )
    return {digest: party.pk for digest, party in zip(wanted, parties, strict=True)}


def _firsts(said: PartySaid) -> Iterator[FactSaid]:
    """The records that come with registering somebody, as the forms write them."""
    if said.born is None:
        return
    if said.scheme == Identifier.Scheme.USCC:
        yield FactSaid(FOUNDED, said.born, verified=said.sure)
        return
    yield FactSaid(BIRTH, said.born, verified=said.sure)
    told = birth_and_sex(said.number) if said.scheme == Identifier.Scheme.RIC else None
    sex = own_kinds().sex
    if told is not None and sex is not None:
        yield FactSaid(sex, said.born, told[1], verified=told_by_number(sex))


def _first_kinds() -> list[str]:
    """The kinds of the records that come with registering somebody."""
    return [BIRTH, FOUNDED, *filter(None, [own_kinds().sex])]


def _record(batch: Batch, party: int, fact: FactSaid, day: dt.date) -> Record:
    return Record(
        party_id=party,
        kind=fact.kind,
        subject=fact.subject,
        level=fact.level,
        start=fact.start,
        end=fact.end,
        quantity=fact.quantity,
        other_id=fact.other,
        status=Record.Status.VERIFIED if fact.verified else Record.Status.CLAIMED,
        known=day,
        origin="import",
        batch_id=batch.pk,
    )


# --- what failed -----------------------------------------------------------------------------

_FAILED = {
    State.UPLOADED: State.CHECK_FAILED,
    State.CHECKING: State.CHECK_FAILED,
    State.COMMITTING: State.WRITE_FAILED,
    State.UNDOING: State.UNDO_FAILED,
}
#: What a failed batch goes back to, and the permission for it.
_ON = {
    State.CHECK_FAILED: (State.UPLOADED, "import.check"),
    State.WRITE_FAILED: (State.COMMITTING, "import.commit"),
    State.UNDO_FAILED: (State.UNDOING, "import.undo"),
}


def fail_batch(batch_id: int, does: Task[..., Any]) -> None:
    """Say of a batch that what was at it has ended, and that nothing goes on with it by itself.
    What was written of it, or undone, stands: whole slices. Where another worker, or a person, has
    brought it to where that task has no part in it, nothing has failed."""
    with act(SYSTEM, "import.commit", told_as="import.fail") as trace:
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        trace.on(batch)
        trace.details = {"state": batch.state, "done": batch.done}
        if tasks.task_of(batch.state) is does:
            batch.state, batch.finished_at = _FAILED[State(batch.state)], now()
            batch.save(update_fields=["state", "finished_at"])


def go_on(actor: Actor, batch_id: int, *, enqueue: bool = True) -> Batch:
    """Have a failed batch gone on with from where it was. Conflict: it has not failed.

    enqueue  False where the caller does it itself, at once
    """
    seen = batch_seen_by(actor, batch_id)
    before, permission = _ON.get(State(seen.state), (None, "import.check"))
    with act(actor, permission, told_as="import.go-on") as trace:
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if before is None or batch.state != seen.state:
            raise Conflict(
                "这一批没有中止，或已有人继续办理。",
                "This batch has not failed, or somebody has gone on with it.",
            )
        batch.state, batch.finished_at = before, None
        batch.save(update_fields=["state", "finished_at"])
        trace.on(batch)
        trace.details = {"state": seen.state, "done": batch.done}
        does = tasks.task_of(before)
        assert does is not None
        forget(does, batch.pk)
    if enqueue:
        does.enqueue(batch.pk)
    batch.refresh_from_db()
    return batch


# --- undo ------------------------------------------------------------------------------------


def undo_batch(actor: Actor, batch_id: int, *, why: str, enqueue: bool = True) -> Batch:
    """Have everything that a batch wrote taken back. A reason is asked for.

    enqueue  False where the caller does it itself, at once (`void_slices`)
    """
    batch_seen_by(actor, batch_id)
    if not why.strip():
        raise Invalid({"why": Label("请写明理由。", "Give the reason.")})
    with act(actor, "import.undo", why=why.strip()) as trace:
        batch = Batch.objects.select_for_update().get(pk=batch_id)
        if batch.state not in (State.COMMITTED, State.WRITE_FAILED):
            raise Conflict(
                "只有已写入的批次可以撤销。", "Only a batch that was written can be undone."
            )
        batch.state, batch.why, batch.finished_at = State.UNDOING, why.strip()[:300], None
        batch.save(update_fields=["state", "why", "finished_at"])
        trace.on(batch)
    if enqueue:
        tasks.undo.enqueue(batch.pk)
    batch.refresh_from_db()
    return batch


def void_slices(batch_id: int) -> None:
    """Void what is left of a batch that is being undone. Safe to call again, and by several."""
    while True:
        batch = Batch.objects.get(pk=batch_id)
        if batch.state != State.UNDOING:
            return
        _void_next(batch)


def _void_next(batch: Batch) -> None:
    """What was said of parties first; then the first records of those of whom nothing is left."""
    with act(SYSTEM, "import.undo", on=batch, told_as="import.undo-slice", why=batch.why) as trace:
        locked = Batch.objects.select_for_update().get(pk=batch.pk)
        standing = Record.objects.filter(batch=batch.pk, known_until=None)
        chosen = _chosen(standing.exclude(kind__in=_first_kinds()))
        bare = not chosen
        if bare:
            chosen = _chosen(_of_bare_parties(standing.filter(kind__in=_first_kinds()), batch.pk))
        _void(chosen, batch.why)
        tell_followers(SYSTEM, [pk for pk, _, _ in chosen], batch.why)
        parties = {party for _, party, _ in chosen}
        if bare:
            Party.objects.filter(pk__in=parties).update(region="")
        else:
            refresh_regions({party for _, party, kind in chosen if is_place(kind)}, today())
        if not chosen and locked.state == State.UNDOING:
            if locked.done < locked.good:  # writing it had failed: the rest is never written
                let_go(locked, "staged")
            locked.state, locked.finished_at = State.UNDONE, now()
            locked.save(update_fields=["state", "finished_at"])
        forget(tasks.undo, batch.pk)
        trace.details = {"records": len(chosen), "parties": len(parties)}


def _chosen(found: QuerySet[Record]) -> list[tuple[int, int, str]]:
    return list(found.order_by("pk").values_list("pk", "party", "kind")[:SLICE])


def _void(chosen: list[tuple[int, int, str]], why: str) -> None:
    until = Greatest(Value(today(), DateField()), F("known"), output_field=DateField())
    ids = [pk for pk, _, _ in chosen]
    Record.objects.filter(pk__in=ids, known_until=None).update(known_until=until, why=why)


def _of_bare_parties(firsts: QuerySet[Record], batch: int) -> QuerySet[Record]:
    """Those of parties of whom nobody else has said or done anything."""
    standing = Record.objects.filter(known_until=None)
    others = standing.filter(party=OuterRef("party")).exclude(batch=batch, kind__in=_first_kinds())
    pointed_at = standing.filter(other=OuterRef("party"))
    return firsts.filter(
        ~Exists(others),
        ~Exists(pointed_at),
        party__merged_into=None,
        party__absorbed=None,
        party__applications=None,
        party__duties=None,
    )
