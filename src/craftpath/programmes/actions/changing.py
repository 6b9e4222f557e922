"""What every change of an application has in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from craftpath.access.act import Trace, act
from craftpath.access.clock import today
from craftpath.access.errors import Conflict
from craftpath.access.roles import Actor
from craftpath.engine.rules import Label
from craftpath.programmes.choices import Place, Stage, State
from craftpath.programmes.deadlines import due_on
from craftpath.programmes.locking import hold
from craftpath.programmes.models import Application, Programme, Step
from craftpath.programmes.telling import tell_all

__all__ = ["CHANGED", "begin_review", "changing", "free_place", "move_on_after", "step_of", "tell"]

CHANGED = Label(
    "您查看之后申请又有变动，请刷新后重新查看再办理。",
    "The application has changed since you looked; reload it and look again.",
)


@contextmanager
def changing(
    actor: Actor, name: str, told_as: str, seen: Application, why: str = ""
) -> Iterator[tuple[Trace, Application]]:
    """An action on an application under its programme's lock, which raises its version.

    Gives the application as it is now, its programme and party at hand; the caller changes it,
    and it is saved at the end. Conflict: it is no longer the version that was `seen`, so whatever
    was decided on what was seen does not apply.
    """
    with act(actor, name, on=seen, party=seen.party_id, why=why, told_as=told_as) as trace:
        programme = hold(seen.programme_id)
        related = Application.objects.select_related("party", "group", "employer")
        application = related.get(pk=seen.pk)
        application.programme = programme
        if application.version != seen.version:
            raise Conflict(CHANGED.zh, CHANGED.en)
        application.version += 1
        yield trace, application
        application.save()
        trace.details = {
            "serial": application.serial,
            "version": application.version,
            "state": str(application.state),
            "step": application.step,
            "place": str(application.place),
            **trace.details,
        }


def step_of(programme: Programme, number: int) -> Step | None:
    return Step.objects.filter(programme=programme, number=number).first()


def begin_review(application: Application) -> None:
    """To the first step, with its days counted from today; approved at once where there is none.

    Also after every change: what a step has passed is not what is there now.
    """
    first = step_of(application.programme, 1)
    if first is None:
        application.state, application.step, application.due = State.APPROVED, 0, None
        application.check_final = application.check_first
        return
    application.state, application.step = State.SUBMITTED, 1
    application.due = due_on(first, today())
    application.check_final = None


def free_place(application: Application) -> bool:
    """Take the application off the places and the waiting list; whether that made a place free.

    Its rank in a list that was published stays. The caller saves it, then calls `move_on_after`.
    """
    freed = application.place == Place.PLACED
    shared = application.programme.stage in (Stage.SHARED, Stage.CLOSED)
    application.place = Place.UNPLACED if shared else Place.NONE
    return freed


def move_on_after(programme: Programme) -> None:
    """Places that have become free go to the next, in the transaction that freed them."""
    # Imported here: that module, for its part, stands on this one.
    from craftpath.programmes.actions.places import move_on

    move_on(programme)


def tell(application: Application, zh: str, en: str) -> None:
    """A line to the party, and to the employer who applied for them."""
    tell_all(application.programme, [(application, Label(zh, en))])
