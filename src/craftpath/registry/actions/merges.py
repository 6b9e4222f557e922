"""Say that two parties are one, take it back, or say that they are not.

No record is touched: a merge is a row, and `Party.merged_into` a pointer worked out from the rows
in force. It is one level deep whatever was merged into what, so that every read follows it once;
undoing a merge works the pointers out anew and thus restores exactly what was before.

Where the two have between them what one party can have only once, whoever merges says which stands
(`registry.settling`). What does not stand is taken back, with the merge as its reason; undoing
enters the records again, and leaves applications withdrawn: their places may be others' by then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.registry.actions.places import refresh_regions
from craftpath.registry.actions.records import enter_again
from craftpath.registry.duplicates import reasons_for
from craftpath.registry.kinds import BIRTH, FOUNDED
from craftpath.registry.models import Distinct, Merge, Party, Record
from craftpath.registry.once import differ
from craftpath.registry.queries import all_ids, merge_seen_by, parties_seen_by, records_of
from craftpath.registry.settling import Contradiction, contradictions_among, hold_for, settle

__all__ = ["contradictions_between", "dismiss", "merge", "unmerge"]


def contradictions_between(actor: Actor, keep: int, absorb: int) -> list[Contradiction]:
    """What the two would have twice if they were one: `merge` asks which of it stands.

    NotThere, Invalid: as `merge`.
    """
    kept, absorbed = _both(actor, keep, absorb)
    return contradictions_among(_selves(kept, absorbed))


def merge(
    actor: Actor,
    *,
    keep: int,
    absorb: int,
    why: str = "",
    stands: Mapping[str, str] | None = None,
) -> Merge:
    """`absorb` is the same as `keep`, under whose number both lives are read from now on.

    stands  by the key of each contradiction between them, the key of the choice that stands

    NotThere: one of them is not within the actor's region, or was merged already. Invalid: they
    are the same number, or a person and an organisation; or it is not said what stands, with the
    list. Conflict: what there is to choose from has changed.
    """
    kept, absorbed = _both(actor, keep, absorb)
    reasons = list(reasons_for(kept, absorbed))
    with act(actor, "party.merge", party=kept.pk, why=why.strip()) as trace:
        # Programmes before parties, as whoever applies locks them.
        hold_for(_selves(kept, absorbed))
        _lock(kept.pk, absorbed.pk)
        kept.refresh_from_db()
        settled = settle(
            actor, _selves(kept, absorbed), stands or {}, _reason(kept, absorbed, why.strip())
        )
        row = Merge.objects.create(
            kept=kept,
            absorbed=absorbed,
            reasons=reasons,
            kept_region=kept.region,
            settled=settled,
            by_id=actor.user,
        )
        _point(kept.pk)
        _name_anew([kept.pk])
        refresh_regions([kept.pk], today())
        trace.on(row, kept.pk)
        trace.details = {"kept": kept.pk, "absorbed": absorbed.pk, "reasons": reasons}
        trace.details |= {"settled": settled} if settled else {}
    return row


def unmerge(actor: Actor, merge_id: int, *, why: str = "") -> Merge:
    """Take a merge back: each is read by itself again. Records that did not stand are entered
    again; applications stay withdrawn, and what was written since stays with whom it was written
    for.

    Conflict: it was taken back, or a later merge has settled what this one brought together: that
    one goes first, or one of them would be left without what it has once.
    """
    merge_seen_by(actor, merge_id)
    with act(actor, "party.unmerge", why=why.strip()) as trace:
        row = Merge.objects.select_for_update().get(pk=merge_id)
        if row.undone_at is not None:
            raise Conflict("这次合并已经撤销。", "This merge was undone already.")
        _require_none_later(row)
        row.undone_at, row.undone_by_id = now(), actor.user
        row.save(update_fields=["undone_at", "undone_by"])
        Party.objects.filter(pk=row.absorbed_id).update(merged_into=None)
        _point(row.absorbed_id)
        root = _root(row.kept_id)
        _point(root)
        _name_anew({row.absorbed_id, row.kept_id, root})
        # The region that came from the other's records goes back with them.
        Party.objects.filter(pk=row.kept_id).update(region=row.kept_region)
        refresh_regions({row.kept_id, row.absorbed_id, root}, today())
        trace.on(row, row.kept_id)
        trace.details = {"kept": row.kept_id, "absorbed": row.absorbed_id}
        again = _enter_again(actor, row, why.strip())
        trace.details |= {"entered_again": again} if again else {}
    return row


def dismiss(actor: Actor, first: int, second: int, *, why: str = "") -> Distinct:
    """The two are not one: they are not asked about again. Said twice, it is said once."""
    low, high = sorted((first, second))
    _both(actor, low, high)
    with act(actor, "party.dismiss", party=low, why=why.strip()) as trace:
        row, _ = Distinct.objects.get_or_create(
            first_id=low, second_id=high, defaults={"by_id": actor.user}
        )
        trace.on(row, low)
        trace.details = {"first": low, "second": high}
    return row


def _both(actor: Actor, first: int, second: int) -> tuple[Party, Party]:
    if first == second:
        raise Invalid({"": Label("两边是同一个主体。", "Both sides are the same party.")})
    found = {
        party.pk: party for party in parties_seen_by(actor, today()).filter(pk__in=[first, second])
    }
    if len(found) < 2:
        raise NotThere
    if found[first].nature != found[second].nature:
        raise Invalid(
            {"": Label("个人与单位不能合并。", "A person and an organisation cannot be one.")}
        )
    return found[first], found[second]


def _selves(*parties: Party) -> list[int]:
    return [id for party in parties for id in all_ids(party.pk)]


def _reason(kept: Party, absorbed: Party, why: str) -> str:
    return f"合并档案 {absorbed.pk} 与 {kept.pk}，以另一条为准" + (f"：{why}" if why else "")


def _require_none_later(row: Merge) -> None:
    """Conflict: a later merge of the same parties has voided records of which there is one."""
    root = _root(row.kept_id)
    together = {root, *Party.objects.filter(merged_into=root).values_list("pk", flat=True)}
    later = Merge.objects.filter(undone_at=None, pk__gt=row.pk, kept__in=together).order_by("-pk")
    for one in later:
        if one.settled.get("records"):
            raise Conflict(
                f"之后又并入了档案 {one.absorbed_id}，并确定了以哪条记录为准；请先撤销那次合并。",
                f"File {one.absorbed_id} was merged in later, and it was settled which record "
                "stands; undo that merge first.",
            )


def _enter_again(actor: Actor, row: Merge, why: str) -> list[int]:
    """The records that this merge voided stand again, as new ones that supersede them, unless
    something stands in their place by now. Gives the new ones."""
    voided = {*row.settled.get("records", []), *_first_records_gone(row)}
    again: list[int] = []
    for old in Record.objects.select_related("party").filter(pk__in=voided).order_by("pk"):
        there = records_of(_root(old.party_id)).filter(kind=old.kind, known_until=None)
        if not any(one.party_id == old.party_id or differ(one, old) for one in there):
            again.append(enter_again(actor, old, why=why).pk)
    return again


def _first_records_gone(row: Merge) -> list[int]:
    """The last birth (founding) of each that has none now: one of several was voided meanwhile."""
    first = BIRTH if row.kept.is_person else FOUNDED
    gone: list[int] = []
    for party in (row.kept_id, row.absorbed_id):
        every = records_of(_root(party)).filter(kind=first)
        last = every.filter(party=party, superseded_by=None).order_by("pk").last()
        if last is not None and not every.filter(known_until=None).exists():
            gone.append(last.pk)
    return gone


def _name_anew(parties: Iterable[int]) -> None:
    """Whoever is kept is found by the names of all that were merged into it."""
    for party in Party.objects.filter(pk__in=set(parties)):
        party.save(update_fields=["keys"])


def _lock(*parties: int) -> None:
    """Both rows, the lower first. Conflict: somebody has merged one of them at this moment."""
    held = Party.objects.select_for_update().filter(pk__in=parties, merged_into=None).order_by("pk")
    if len(held) < len(parties):
        raise Conflict(
            "其中一方刚被合并，请刷新后再看。",
            "One of the two has just been merged; reload the page.",
        )


def _root(party: int) -> int:
    """Who stands for a party by the merges in force."""
    above = dict(Merge.objects.filter(undone_at=None).values_list("absorbed", "kept"))
    while party in above:
        party = above[party]
    return party


def _point(root: int) -> None:
    """Point everything that was merged into `root`, at whatever remove, to it."""
    below: defaultdict[int, list[int]] = defaultdict(list)
    for kept, absorbed in Merge.objects.filter(undone_at=None).values_list("kept", "absorbed"):
        below[kept].append(absorbed)
    found, waiting = [], [root]
    while waiting:
        new = below[waiting.pop()]
        found += new
        waiting += new
    Party.objects.filter(pk__in=found).update(merged_into=root)
