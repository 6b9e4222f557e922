"""Say that two parties are one, take it back, or say that they are not.

No record is touched: a merge is a row, and `Party.merged_into` a pointer worked out from the rows
in force. It is one level deep whatever was merged into what, so that every read follows it once;
undoing a merge works the pointers out anew and thus restores exactly what was before.
"""

from __future__ import annotations

from collections import defaultdict

from craftpath.access.act import act
from craftpath.access.clock import now, today
from craftpath.access.errors import Conflict, Invalid, NotThere
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.registry.actions.places import refresh_regions
from craftpath.registry.duplicates import reasons_for
from craftpath.registry.models import Distinct, Merge, Party
from craftpath.registry.queries import merge_seen_by, parties_seen_by

__all__ = ["dismiss", "merge", "unmerge"]


def merge(actor: Actor, *, keep: int, absorb: int, why: str = "") -> Merge:
    """`absorb` is the same as `keep`, under whose number both lives are read from now on.

    NotThere: one of them is not within the actor's region, or was merged already. Invalid: they
    are the same number, or a person and an organisation.
    """
    kept, absorbed = _both(actor, keep, absorb)
    reasons = list(reasons_for(kept, absorbed))
    with act(actor, "party.merge", party=kept.pk, why=why.strip()) as trace:
        _lock(kept.pk, absorbed.pk)
        kept.refresh_from_db()
        row = Merge.objects.create(
            kept=kept,
            absorbed=absorbed,
            reasons=reasons,
            kept_region=kept.region,
            by_id=actor.user,
        )
        _point(kept.pk)
        refresh_regions([kept.pk], today())
        trace.on(row, kept.pk)
        trace.details = {"kept": kept.pk, "absorbed": absorbed.pk, "reasons": reasons}
    return row


def unmerge(actor: Actor, merge_id: int, *, why: str = "") -> Merge:
    """Take a merge back: each is read by itself again, as before. Conflict: it was taken back."""
    merge_seen_by(actor, merge_id)
    with act(actor, "party.unmerge", why=why.strip()) as trace:
        row = Merge.objects.select_for_update().get(pk=merge_id)
        if row.undone_at is not None:
            raise Conflict("这次合并已经撤销。", "This merge was undone already.")
        row.undone_at, row.undone_by_id = now(), actor.user
        row.save(update_fields=["undone_at", "undone_by"])
        Party.objects.filter(pk=row.absorbed_id).update(merged_into=None)
        _point(row.absorbed_id)
        root = _root(row.kept_id)
        _point(root)
        # The region that came from the other's records goes back with them.
        Party.objects.filter(pk=row.kept_id).update(region=row.kept_region)
        refresh_regions({row.kept_id, row.absorbed_id, root}, today())
        trace.on(row, row.kept_id)
        trace.details = {"kept": row.kept_id, "absorbed": row.absorbed_id}
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
