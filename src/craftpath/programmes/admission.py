"""Who may hand in an application, and for what: by the engine's word, or by two officials'."""

from __future__ import annotations

from craftpath.access.clock import today
from craftpath.access.errors import Conflict, Invalid
from craftpath.access.regions import contains
from craftpath.access.roles import Actor, Role
from craftpath.engine.rules import Label
from craftpath.programmes.checks import Checked, lacking_label
from craftpath.programmes.models import Application, Document, Group, Override, Programme
from craftpath.registry.kinds import site_pack
from craftpath.registry.models import Party
from craftpath.registry.outlook import lives_of, rules_told
from craftpath.registry.queries import holder
from craftpath.registry.reached import has_reached

__all__ = [
    "focus_for",
    "group_for",
    "overridden",
    "require_admitted",
    "require_documents",
    "require_not_reached",
    "require_taker",
]

_SURE = ("qualifies", "unknown", "later", "never")


def require_taker(programme: Programme, party: Party) -> None:
    """Invalid: another nature of party. Conflict: the party is of another region."""
    if party.nature != programme.about:
        what = (
            Label("个人", "people") if programme.about == "person" else Label("单位", "employers")
        )
        raise Invalid(
            {
                "party": Label(
                    f"本项目由{what.zh}申请，请改选申请人。",
                    f"This programme is for {what.en}; choose another applicant.",
                )
            }
        )
    if not contains(programme.region, party.region):
        zh, en = _place(programme.region)
        raise Conflict(
            f"本项目面向{zh}；申请人现登记的所在地不在其内。如已变动，请先补充工作地、参保地或居住地记录。",
            f"This programme is for {en}, and the applicant is not registered there. If that has "
            "changed, add a record of the workplace, insurance or residence first.",
        )


def focus_for(programme: Programme, focus: str) -> str:
    """The code that is applied for, in the edition used here. Invalid: none, or another's."""
    focus = focus.strip()
    if programme.focus:
        if focus not in ("", programme.focus):
            raise Invalid(
                {
                    "focus": Label(
                        f"本项目只受理{programme.focus}，请留空或改填。",
                        f"This programme is for {programme.focus} alone; leave it empty.",
                    )
                }
            )
        return programme.focus
    if not programme.focus_list:
        if focus:
            raise Invalid(
                {
                    "focus": Label(
                        "本项目不分方向，请留空。", "This programme has no focus; leave it empty."
                    )
                }
            )
        return ""
    codes = site_pack().vocabulary.lists[programme.focus_list]
    focus = codes.aliases.get(focus, focus)
    if focus not in codes.codes:
        raise Invalid(
            {
                "focus": Label(
                    f"请从{codes.label.zh}中选择申报方向。",
                    f"Choose what you apply for from the list of {codes.label.en}.",
                )
            }
        )
    return focus


def group_for(programme: Programme, party: Party, key: str) -> Group | None:
    """The group whose places are asked for: the one chosen, else that of the party's region.

    None: the party asks for an open place. Invalid: no such group, or of another region.
    """
    groups = list(Group.objects.filter(programme=programme))
    if key:
        chosen = next((group for group in groups if group.key == key), None)
        if chosen is None or (chosen.region and not contains(chosen.region, party.region)):
            names = [g for g in groups if not g.region or contains(g.region, party.region)]
            zh = "、".join(g.zh for g in names) or "无"
            en = ", ".join(g.en for g in names) or "none"
            raise Invalid(
                {
                    "group": Label(
                        f"没有这个名额组，或申请人不属于该组。可选：{zh}。",
                        f"No such group, or the applicant is not of it. To choose from: {en}.",
                    )
                }
            )
        return chosen
    theirs = [g for g in groups if g.region and contains(g.region, party.region)]
    return max(theirs, key=lambda group: len(group.region.rstrip("0")), default=None)


def require_not_reached(programme: Programme, party: Party, focus: str) -> None:
    """Conflict: the party has the level that the programme's rule opens, or a higher one."""
    if has_reached(holder(party), programme.rule, focus, today()):
        raise Conflict(
            "申请人在这一职业已有该等级或更高等级，不必再申报。",
            "The applicant has this level or a higher one in this occupation already.",
        )


def require_documents(application: Application) -> None:
    """Invalid: a document that has to be there is not, named by its id."""
    there = set(
        Document.objects.filter(application=application, replaced=False).values_list(
            "key", flat=True
        )
    )
    missing = {
        f"document.{asked['id']}": Label(f"请上传“{asked['zh']}”。", f"Upload “{asked['en']}”.")
        for asked in application.programme.documents
        if asked["required"] and asked["id"] not in there
    }
    if missing:
        raise Invalid(missing)


def require_admitted(actor: Actor, application: Application, checked: Checked) -> None:
    """Conflict, with what is missing as far as who asks may know it, where the rule surely does
    not hold.

    `unknown` is let in: it is for officials to settle, and it does not get through unsettled.
    """
    if checked.verdict in ("qualifies", "unknown") or overridden(application, checked):
        return
    lacking = _lacking_told(actor, application, checked)
    raise Conflict(lacking.zh, lacking.en)


def _lacking_told(actor: Actor, application: Application, checked: Checked) -> Label:
    """An employer is told what the records say that it may see, and nothing of any other."""
    programme, party = application.programme, holder(application.party)
    if actor.role not in (Role.EMPLOYER, Role.INSTITUTION) or party == actor.party:
        return checked.lacking
    if programme.rule in rules_told():
        day = today()
        answers = lives_of(actor, day, party).ask(
            party, programme.judged_on or day, day, [programme.rule]
        )
        answer = answers.of(programme.rule, application.focus or None)
        if answer is not None and answer.verdict in ("later", "never"):
            return lacking_label(answer.sentence, tuple(one.sentence for one in answer.lacking))
    return _PRIVATE


_PRIVATE = Label(
    "该人员不符合本项目的条件；原因在本单位不能查看的记录里，请本人登录查看。",
    "The conditions do not hold for this person; why is in records that an employer does not see. "
    "They can look themselves.",
)


def overridden(application: Application, checked: Checked) -> bool:
    """Whether two officials have agreed to let pass what is missing.

    What they agreed to is what was missing then, for what was applied for then: anything else that
    has come to be missing since, or another focus, is not covered.
    """
    now = {one["id"] for one in checked.plain["missing"]}
    for agreed in Override.objects.filter(application=application, agreed=True):
        then = agreed.verdict
        same = (then["rule"], then["focus"]) == (checked.plain["rule"], checked.plain["focus"])
        no_worse = _SURE.index(checked.verdict) <= _SURE.index(then["verdict"])
        if same and no_worse and now <= {one["id"] for one in then["missing"]}:
            return True
    return False


def _place(region: str) -> tuple[str, str]:
    codes = site_pack().vocabulary.lists.get("region")
    found = None if codes is None else codes.codes.get(region)
    return (region, region) if found is None else (found.label.zh, found.label.en)
