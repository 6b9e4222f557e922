"""programmes.yaml: `{programmes: [PROGRAMME…]}`, from its tree to templates.

    - programme: degree-grant.province-2024
      label: {zh: …, en: …}
      sort: grant
      about: person
      rule: degree-grant.province-2024
      …

Whoever writes a programme says of every value what it is, that there is none, or that it was not
found: `null`, with a word on it under `pending`. See docs/programme-templates.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from decimal import Decimal

from craftpath.allotment.nouns import LeftOver
from craftpath.engine.days import Duration, Interval
from craftpath.engine.rules import About, Label, Rule
from craftpath.pack.nodes import Mapping, Node, Scalar
from craftpath.pack.nouns import Context
from craftpath.pack.problems import Notes, nearest
from craftpath.pack.programmes import (
    ALLOTMENTS,
    SORTS,
    TIERS,
    WITHDRAWALS,
    Citation,
    Document,
    Groups,
    Outcome,
    ProgrammeTemplate,
    ReviewStep,
    Round,
    Term,
)
from craftpath.pack.reach import intersection
from craftpath.pack.tables import read_code, read_source_key
from craftpath.pack.values import (
    Fields,
    fields_of,
    read_bool,
    read_duration,
    read_id,
    read_interval,
    read_items,
    read_label,
    read_number,
    read_one_of,
    read_quantity,
    read_text,
)

__all__ = ["paid_units", "read_programmes"]

#: What a programme's own marking may come to, by the unit of the kind that it is written to.
_MARKED = ("marks", "place", "percent")


@dataclass(frozen=True)
class _Desk:
    """What a programme may refer to, and where problems are noted."""

    context: Context
    rules: MappingOf[str, Rule]
    waiting: Collection[str]
    whole: bool
    notes: Notes


def read_programmes(
    tree: Node,
    context: Context,
    rules: Sequence[Rule],
    notes: Notes,
    waiting: Collection[str] = (),
    *,
    whole: bool = True,
) -> tuple[ProgrammeTemplate, ...]:
    """The templates of the tree, without those that have problems.

    waiting  ids of rules that stand in the pack and have problems of their own
    whole    False: some file of rules could not be read, so that a rule may well be there
    """
    fields = fields_of(tree, notes, "the file")
    if fields is None:
        return ()
    body = fields.need("programmes", "Begin the file with `programmes:` and list them below it")
    fields.close()
    desk = _Desk(context, {rule.id: rule for rule in rules}, waiting, whole, notes)
    found: dict[str, ProgrammeTemplate] = {}
    for node in read_items(body, notes, "`programmes`") if body is not None else ():
        template = _read_programme(node, desk)
        if template is not None and template.id in found:
            notes.add(
                node.line,
                "duplicate-id",
                f"two programmes are called `{template.id}`",
                "Give each its own id",
            )
        elif template is not None:
            found[template.id] = template
    return tuple(found.values())


class _Part:
    """A mapping whose values may be null, so long as `pending` has a word on each that is."""

    def __init__(self, fields: Fields, desk: _Desk) -> None:
        self.fields = fields
        self.desk = desk
        self.notes = desk.notes
        self.nulls: dict[str, int] = {}

    def need(self, key: str, mend: str) -> Node | None:
        return self._seen(key, self.fields.need(key, mend))

    def take(self, key: str) -> Node | None:
        return self._seen(key, self.fields.take(key))

    def _seen(self, key: str, node: Node | None) -> Node | None:
        if isinstance(node, Scalar) and node.is_null:
            self.nulls[key] = node.line
            return None
        return node

    def label(self, key: str) -> Label | None:
        node = self.fields.take(key)
        return None if node is None else read_label(node, self.notes, f"`{key}`")

    def cited(self) -> Citation | None:
        """`source` and `clause` of this part; None where it says nothing of its own."""
        source, clause = self.fields.take("source"), self.fields.take("clause")
        if source is None:
            if clause is not None:
                what, mend = "a clause stands here without its text", "Add `source: …` beside it"
                self.notes.add(clause.line, "missing-key", what, mend)
            return None
        key = read_source_key(source, self.desk.context.sources, self.notes)
        text = read_text(clause, self.notes, "a clause") if clause is not None else None
        return Citation(key or "", text)

    def close(self) -> dict[str, Label]:
        """What `pending` says; notes values that are null without a word, and words too many."""
        node = self.fields.take("pending")
        words = fields_of(node, self.notes, "`pending`") if node is not None else None
        found: dict[str, Label] = {}
        for key, value in words.node.entries if words else ():
            label = read_label(value, self.notes, f"what is pending of `{key.text}`")
            if key.text not in self.nulls:
                near = nearest(key.text, [null for null in self.nulls if null not in found])
                self.notes.add(
                    key.line,
                    "pending-but-given",
                    f"`pending` speaks of `{key.text}`, which is not null here",
                    f"Did you mean `{near}`?" if near else "Delete one of the two",
                )
            elif label is not None:
                found[key.text] = label
        said = {key.text for key, _ in words.node.entries} if words else set()
        for null, line in self.nulls.items():
            if null not in said:
                self.notes.add(
                    line,
                    "null-unsaid",
                    f"`{null}` is null and nothing says why",
                    f"Give it a value, or add `pending: {{{null}: {{zh: …, en: …}}}}`",
                )
        self.fields.close()
        return found


def _part(node: Node, desk: _Desk, name: str) -> _Part | None:
    fields = fields_of(node, desk.notes, name)
    return None if fields is None else _Part(fields, desk)


# --- one programme -------------------------------------------------------------------------


def _read_programme(node: Node, desk: _Desk) -> ProgrammeTemplate | None:
    before = len(desk.notes)
    part = _part(node, desk, "a programme")
    if part is None:
        return None
    notes = desk.notes
    id = _word(part.fields, "programme", "Give it an id as `programme: card.dongguan`", notes)
    label_node = part.fields.need("label", "Add `label: {zh: …, en: …}`")
    label = read_label(label_node, notes, "a programme's label") if label_node else None
    sort = _one_of(part, "sort", SORTS)
    if _waits(node, desk):
        return None
    about, rule = _about(part, desk)
    region = part.need("region", "Add `region: CODE` of the list `region`, such as 440000")
    region_code = _code(region, "region", desk) if region is not None else None
    cited = part.cited()
    if cited is None:
        notes.add(
            node.line,
            "missing-key",
            "a programme has no `source`",
            "Name a key of sources.yaml as `source: …`",
        )
    documents = _documents(part, desk)
    allotment = _one_of(part, "allotment", ALLOTMENTS)
    places, groups = _places(part, allotment), _groups(part, desk)
    review = _review(part, desk)
    notice = _term(part, "notice", needed=True)
    pay_within = _term(part, "pay_within")
    rounds, always = _rounds(part, rule, desk)
    outcome = _outcome(part, about, rule, desk)
    full_mark = _full_mark(part, outcome)
    once, remarks = part.label("once"), part.label("remarks")
    withdrawal = part.fields.take("withdrawal")
    citations = _citations(part)
    pending = part.close()
    _check_sums(node.line, places, groups, rounds, notes)
    if len(notes) > before or not (label and sort and cited):
        return None
    return ProgrammeTemplate(
        id=id,
        label=label,
        sort=sort,
        about=about,
        rule=rule.id if rule else None,
        region=region_code,
        cited=cited,
        documents=documents,
        allotment=allotment,
        places=places,
        groups=groups,
        review=review,
        notice=notice,
        pay_within=pay_within,
        rounds=rounds,
        always=always,
        outcome=outcome,
        once=once,
        withdrawal=_withdrawal(withdrawal, notes),
        remarks=remarks,
        citations=citations,
        pending=pending,
        full_mark=full_mark,
    )


def _full_mark(part: _Part, outcome: Outcome | None) -> Decimal:
    """100 where nothing is said."""
    node = part.take("full_mark")
    if node is None:
        return Decimal(100)
    if outcome is None or outcome.quantity not in _MARKED:
        part.notes.add(
            node.line,
            "not-marked",
            "the programme has a `full_mark`, and its outcome is of no marks",
            "Delete `full_mark`, or write `quantity: marks`, `place` or `percent` in `outcome`",
        )
    found = _WHOLE.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        part.notes.add(
            node.line,
            "not-a-number",
            "`full_mark` is no whole number from 1 to 1000",
            "Write how many marks there are in all, as `full_mark: 200`",
        )
        return Decimal(100)
    return Decimal(found[0])


def _word(fields: Fields, key: str, mend: str, notes: Notes) -> str:
    node = fields.need(key, mend)
    text = read_id(node, notes, "a programme's id") if node is not None else None
    return text or ""


def _one_of(part: _Part, key: str, words: MappingOf[str, Label]) -> str | None:
    node = part.need(key, f"Add `{key}: …`, one of: {', '.join(words)}")
    return None if node is None else read_one_of(node, words, part.notes, f"`{key}`")


def _withdrawal(node: Node | None, notes: Notes) -> str:
    word = read_one_of(node, WITHDRAWALS, notes, "`withdrawal`") if node is not None else None
    return word or "until-close"


def _about(part: _Part, desk: _Desk) -> tuple[About, Rule | None]:
    """Whom it is for: the party is written, the focus follows from the rule where there is one."""
    node = part.need("about", "Add `about: person` or `about: organisation`")
    party = (
        read_one_of(node, ("person", "organisation"), desk.notes, "`about`") if node else None
    ) or "person"
    rule_node = part.need("rule", "Name a rule of the pack as `rule: …`, or null as not found")
    rule = _rule(rule_node, desk) if rule_node is not None else None
    if rule is not None and node is not None and rule.about.party != party:
        desk.notes.add(
            node.line,
            "other-party",
            f"the programme is about {_A[party]}, "
            f"its rule `{rule.id}` about {_A[rule.about.party]}",
            f"Write `about: {rule.about.party}`, or name another rule",
        )
    focus = part.take("focus")
    if focus is None:
        return rule.about if rule else About(party), rule
    if rule_node is not None:
        desk.notes.add(
            focus.line,
            "said-twice",
            "the rule says what the focus is",
            "Delete `focus`; it is for programmes whose rule is null",
        )
    lists = desk.context.vocabulary.lists
    return About(party, read_one_of(focus, lists, desk.notes, "`focus`")), rule


def _waits(node: Node, desk: _Desk) -> bool:
    """Whether the rule has problems of its own, on which much of what follows would hang."""
    rule = node.get("rule") if isinstance(node, Mapping) else None
    if not isinstance(rule, Scalar) or rule.is_null or rule.text in desk.rules:
        return False
    return rule.text in desk.waiting or not desk.whole


_A = {"person": "a person", "organisation": "an organisation"}


def _rule(node: Node, desk: _Desk) -> Rule | None:
    id = read_text(node, desk.notes, "`rule`")
    if id is None or id in desk.rules:
        return desk.rules.get(id or "")
    near = nearest(id, desk.rules)
    desk.notes.add(
        node.line,
        "unknown-rule",
        f"the pack has no rule `{id}`",
        f"Did you mean `{near}`?" if near else "`craftpath pack show` lists them",
    )
    return None


def _code(node: Node, list: str, desk: _Desk) -> str | None:
    codes = desk.context.vocabulary.lists.get(list)
    if codes is None:
        desk.notes.add(
            node.line, "unknown-list", f"there is no code list `{list}`", f"Add codes/{list}.csv"
        )
        return None
    return read_code(node, codes, desk.notes)


def _citations(part: _Part) -> dict[str, Citation]:
    """`cited: {places: {source: …, clause: …}}`: values that rest on another text."""
    node = part.fields.take("cited")
    body = fields_of(node, part.notes, "`cited`") if node is not None else None
    known = {key.text for key, _ in part.fields.node.entries} - {"cited", "pending", "programme"}
    found = {}
    for key, value in body.node.entries if body else ():
        if key.text not in known or key.text in part.nulls:
            near = nearest(key.text, known - set(part.nulls))
            part.notes.add(
                key.line,
                "unknown-key",
                f"`cited` names `{key.text}`, which has no value here",
                f"Did you mean `{near}`?" if near else "Name a key of this programme",
            )
        inner = _part(value, part.desk, f"the citation of `{key.text}`")
        citation = inner.cited() if inner else None
        if inner is not None:
            inner.close()
        if inner is not None and citation is None:
            what = f"the citation of `{key.text}` has no `source`"
            mend = "Name a key of sources.yaml as `source: …`"
            part.notes.add(value.line, "missing-key", what, mend)
        elif citation is not None:
            found[key.text] = citation
    return found


# --- papers, review, time ------------------------------------------------------------------


def _documents(part: _Part, desk: _Desk) -> tuple[Document, ...] | None:
    node = part.need("documents", "List them, or write `[]` if none is asked for")
    if node is None:
        return None
    found = []
    for item in read_items(node, desk.notes, "`documents`"):
        inner = _part(item, desk, "a document")
        if inner is None:
            continue
        label = inner.fields.need("label", "Add `label: {zh: …, en: …}`")
        required = inner.fields.need("required", "Add `required: true` or `required: false`")
        cited = inner.cited()
        inner.close()
        name = read_label(label, desk.notes, "a document's label") if label else None
        is_required = read_bool(required, desk.notes, "`required`") if required else False
        if name is not None:
            found.append(Document(name, is_required, cited))
    return tuple(found)


def _review(part: _Part, desk: _Desk) -> tuple[ReviewStep, ...] | None:
    node = part.need("review", "List the steps, or write `[]` if nobody reviews")
    if node is None:
        return None
    found = []
    for item in read_items(node, desk.notes, "`review`"):
        inner = _part(item, desk, "a review step")
        if inner is None:
            continue
        tier = _one_of(inner, "tier", TIERS)
        label = inner.label("label")
        within = _term(inner, "within", needed=True)
        cited = inner.cited()
        pending = inner.close()
        found.append(ReviewStep(tier or "", label, within, cited, pending))
    return tuple(found)


_WHOLE = re.compile(r"1000|[1-9]\d{0,2}")
_TERM = re.compile(r"([1-9]\d{0,2}) (working )?days?")


def _term(part: _Part, key: str, *, needed: bool = False) -> Term | None:
    mend = f"Add `{key}: 5 working days`, `none`, or null as not found"
    node = part.need(key, mend) if needed else part.take(key)
    if node is None or (isinstance(node, Scalar) and node.text == "none"):
        return None
    found = _TERM.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found is None:
        shown = f"`{node.text}`" if isinstance(node, Scalar) else "no word"
        part.notes.add(
            node.line,
            "not-a-term",
            f"`{key}` is {shown}, not a number of days",
            "Write `7 days`, `5 working days` or `none`",
        )
        return None
    return Term(int(found[1]), found[2] is not None)


def _rounds(part: _Part, rule: Rule | None, desk: _Desk) -> tuple[tuple[Round, ...] | None, bool]:
    """The published windows; or `always`."""
    mend = "List the windows, or write `always`, `[]` if none is published, or null"
    node = part.need("rounds", mend)
    if node is None:
        return None, False
    if isinstance(node, Scalar) and node.text == "always":
        return (), True
    found = []
    for item in read_items(node, desk.notes, "`rounds`"):
        inner = _part(item, desk, "a round")
        if inner is None:
            continue
        found.append(_round(inner, rule, desk))
    return tuple(sorted(found, key=lambda one: one.days.bounds)), False


def _round(part: _Part, rule: Rule | None, desk: _Desk) -> Round:
    line = part.fields.line
    days = read_interval(part.fields, name="the round")
    if days.start is None or days.end is None:
        desk.notes.add(
            line,
            "missing-key",
            "a round has no `from` or no `until`",
            "Add both; `until` is the first day after it",
        )
    elif rule is not None and not _in_force(rule, days):
        desk.notes.add(
            line,
            "unreachable",
            f"no version of `{rule.id}` is in force in the round from {days.start}",
            "Correct the days, or name another rule",
        )
    places = part.take("places")
    number = _count(places, "`places`", desk.notes) if places is not None else None
    label, cited = part.label("label"), part.cited()
    return Round(days, number, label, cited, part.close())


def _in_force(rule: Rule, days: Interval) -> bool:
    """A rule whose version goes by the day of a record may be asked on any day."""
    return rule.version_day is not None or any(
        intersection((version.in_force,), (days,)) for version in rule.versions
    )


# --- places --------------------------------------------------------------------------------


def _count(node: Node, name: str, notes: Notes) -> int | None:
    number = read_number(node, notes, name)
    if number is not None and not (number.is_integer() and number >= 0):
        notes.add(
            node.line, "not-a-number", f"{name} is {number:g}, not a count", "Write it as `20`"
        )
        return None
    return None if number is None else int(number)


def _places(part: _Part, allotment: str | None) -> int | None:
    node = part.need("places", "Add `places: 20`, `unlimited`, or null as not found")
    if node is None:
        return None
    unlimited = isinstance(node, Scalar) and node.text == "unlimited"
    if allotment is not None and unlimited != (allotment == "open"):
        what = (
            f"places without a limit need no sharing out, yet it is `{allotment}`"
            if unlimited
            else "whoever qualifies gets a place (`open`), yet their number is limited"
        )
        mend = "Write `allotment: open` with `places: unlimited`, or say how they are shared out"
        part.notes.add(node.line, "places-and-allotment", what, mend)
    return None if unlimited else _count(node, "`places`", part.notes)


def _groups(part: _Part, desk: _Desk) -> Groups | None:
    node = part.fields.take("groups")
    inner = _part(node, desk, "`groups`") if node is not None else None
    if inner is None:
        return None
    list_node = inner.fields.need("list", "Name the code list as `list: region`")
    lists = desk.context.vocabulary.lists
    list = read_one_of(list_node, lists, desk.notes, "`list`") if list_node else None
    by_code = inner.fields.take("places")
    counts: dict[str, int] = {}
    body = fields_of(by_code, desk.notes, "`places` of groups") if by_code is not None else None
    for key, value in body.node.entries if body else ():
        code = _code(key, list, desk) if list is not None and list in lists else None
        count = _count(value, f"the places of `{key.text}`", desk.notes)
        if code is not None and count is not None:
            counts[code] = count
    left = inner.need("left_over", "Add `left_over: stay` or `everybody`, or null as not found")
    words = [word.value for word in LeftOver]
    word = read_one_of(left, words, desk.notes, "`left_over`") if left is not None else None
    cited = inner.cited()
    pending = inner.close()
    over = LeftOver(word) if word in words else None
    return Groups(list or "", counts, over, cited, pending)


def _check_sums(
    line: int,
    places: int | None,
    groups: Groups | None,
    rounds: tuple[Round, ...] | None,
    notes: Notes,
) -> None:
    if places is None:
        return
    for what, sum_of in (
        ("groups", sum(groups.places.values()) if groups else 0),
        ("rounds", sum(one.places or 0 for one in rounds or ())),
    ):
        if sum_of > places:
            notes.add(
                line,
                "too-many-places",
                f"the {what} have {sum_of} places together, the programme has {places}",
                "Correct one of the two",
            )


# --- outcome -------------------------------------------------------------------------------


def _outcome(part: _Part, about: About, rule: Rule | None, desk: _Desk) -> Outcome | None:
    node = part.need("outcome", "Add `outcome: {kind: …}`, `none`, or null as not found")
    if node is None or (isinstance(node, Scalar) and node.text == "none"):
        return None
    inner = _part(node, desk, "`outcome`")
    if inner is None:
        return None
    kind_node = inner.fields.need("kind", "Name a kind of kinds.yaml as `kind: …`")
    nodes = {key: inner.take(key) for key in ("subject", "level", "quantity", "validity")}
    cited = inner.cited()
    pending = inner.close()
    id = read_text(kind_node, desk.notes, "a kind") if kind_node is not None else None
    kind = desk.context.vocabulary.kinds.get(id or "")
    if kind_node is not None and id is not None and kind is None:
        near = nearest(id, desk.context.vocabulary.kinds)
        mend = f"Did you mean `{near}`?" if near else "Add it to kinds.yaml, or name another"
        desk.notes.add(kind_node.line, "unknown-kind", f"there is no kind `{id}`", mend)
    if kind is None or kind_node is None:
        return None
    if kind.about not in {about.party, "any"}:
        desk.notes.add(
            kind_node.line,
            "other-party",
            f"the kind `{kind.id}` is about {_A[kind.about]}, "
            f"the programme about {_A[about.party]}",
            "Name a kind about the same",
        )
    validity, level = nodes["validity"], nodes["level"]
    return Outcome(
        kind.id,
        _subject(nodes["subject"], kind.id, kind.codes, about, desk),
        None if isinstance(level, Mapping) else _level(level, kind.id, kind.scale, desk),
        _quantity(nodes["quantity"], kind.id, kind.unit, rule, desk),
        _validity(validity, desk) if validity is not None else None,
        cited,
        pending,
        _levels(level, kind.id, kind.scale, rule, desk) if isinstance(level, Mapping) else {},
    )


def _refuse(node: Node, kind: str, has_no: str, desk: _Desk) -> None:
    desk.notes.add(
        node.line,
        "not-of-the-kind",
        f"the kind `{kind}` has no {has_no}",
        "Delete it here, or give the kind one in kinds.yaml",
    )


def _subject(
    node: Node | None, kind: str, codes: str | None, about: About, desk: _Desk
) -> str | None:
    if node is None:
        return None
    if codes is None:
        _refuse(node, kind, "subject", desk)
        return None
    if not (isinstance(node, Scalar) and node.text == "focus"):
        return _code(node, codes, desk)
    if about.focus != codes:
        of = f"its focus is of `{about.focus}`" if about.focus else "the programme has none"
        desk.notes.add(
            node.line,
            "no-focus",
            f"the subject of `{kind}` is of the list `{codes}` and cannot be the focus: {of}",
            f"Name a code of `{codes}`",
        )
    return "focus"


def _level(node: Node | None, kind: str, scale: str | None, desk: _Desk) -> str | None:
    if node is None:
        return None
    steps = desk.context.vocabulary.scales.get(scale or "")
    if steps is None:
        _refuse(node, kind, "level", desk)
        return None
    code = read_text(node, desk.notes, "a level")
    if code is not None and steps.by_code(code) is None:
        known = ", ".join(step.code for step in steps.steps)
        what = f"the scale `{steps.id}` has no level `{code}`"
        desk.notes.add(node.line, "unknown-level", what, f"Write one of: {known}")
    return code


def _levels(
    node: Node, kind: str, scale: str | None, rule: Rule | None, desk: _Desk
) -> dict[str, str]:
    """`{ROUTE: LEVEL, …}`, routes of the rule. By one that is left out nothing is written."""
    fields = fields_of(node, desk.notes, "`level`")
    if fields is None:
        return {}
    routes = {route.id for version in (rule.versions if rule else ()) for route in version.routes}
    given = [(route, fields.take(route)) for route in sorted(routes)]
    read = ((route, _level(code, kind, scale, desk)) for route, code in given)
    fields.close()
    return {route: code for route, code in read if code is not None}


def _quantity(
    node: Node | None, kind: str, unit: str | None, rule: Rule | None, desk: _Desk
) -> float | str | None:
    if node is None:
        return None
    if unit is None:
        _refuse(node, kind, "quantity", desk)
        return None
    word = node.text if isinstance(node, Scalar) else ""
    if word == "amount":
        paid = paid_units(rule) if rule is not None else {unit}
        if unit not in paid:
            has = f"has its amount in {', '.join(sorted(paid))}" if paid else "has no amount"
            what = f"the rule `{rule.id if rule else ''}` {has}, and `{kind}` counts {unit}"
            mend = f"Write a number of {unit}, null as not found, or name another rule"
            desk.notes.add(node.line, "no-amount", what, mend)
        return word
    if word in _MARKED:
        if unit != word:
            what = f"`{kind}` counts {unit}, not {word}"
            desk.notes.add(node.line, "unknown-unit", what, f"Write a number of {unit}")
        return word
    return read_quantity(node, unit, desk.notes, "the quantity")


def paid_units(rule: Rule) -> set[str]:
    """The units of a rule's amounts."""
    amounts = [version.amount for version in rule.versions]
    amounts += [route.amount for version in rule.versions for route in version.routes]
    return {amount.unit for amount in amounts if amount is not None}


def _validity(node: Node, desk: _Desk) -> Duration | None:
    return read_duration(node, desk.notes, "`validity`")
