"""What a run came to, as a clerk reads it: one line a rule, its name first.

A terminal too narrow for that gets two lines a rule. What is not a terminal has no width: there
every rule has one line, for `grep` and logs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from craftpath.engine.kernels.layout import LATER, NEVER, QUALIFIES, UNKNOWN
from craftpath.engine.rules import Label, Rule
from craftpath.evidence.population import Asked, Tally
from craftpath.evidence.reasons import Reason
from craftpath.pack.nouns import Pack

__all__ = ["Run", "print_summary"]

_VERDICTS = {
    QUALIFIES: Label("符合", "qualifies"),
    LATER: Label("将符合", "later"),
    UNKNOWN: Label("尚不能定", "unknown"),
    NEVER: Label("不符合", "never"),
}
_MONEY = Label("金额(元)", "yuan")
_GAP = "  "


@dataclass(frozen=True)
class Run:
    """A finished run: what was asked, what came out, and where it is."""

    pack: Pack
    rules: Sequence[Rule]
    asked: Asked
    tally: Tally
    out: Path
    rejects: Path
    reasons: Counter[str]
    notes: Sequence[Label]
    seconds: float


def print_summary(screen: Console, run: Run) -> None:
    """The table, the totals, the rejects by reason, the notes."""
    for line in _lines(run, screen.width if screen.is_terminal else None):
        screen.print(line)


def _lines(run: Run, width: int | None) -> Iterator[Text | str]:
    yield _title(run)
    yield from _table(run, width)
    tally = run.tally
    yield (
        f"{tally.parties:,} 个主体 parties · {tally.rows:,} 行记录 records · "
        f"{tally.decisions:,} 条判定 decisions · {run.seconds:.1f} s"
    )
    yield f"判定 decisions → {run.out}"
    if tally.rejected:
        yield f"退回 {tally.rejected:,} 行 rows rejected → {run.rejects}"
        yield from _rejects(run.reasons)
    for note in dict.fromkeys(run.notes):  # a file looked at twice is noted once
        yield Text(f"注 {note.zh} / note: {note.en}", style="dim")


def _title(run: Run) -> Text:
    title = Text(
        f"{run.pack.label.zh} {run.pack.id} {run.pack.version} · {run.asked.as_of}", "bold"
    )
    if run.asked.known_on != run.asked.as_of:
        title.append(f" · 所知日 known on {run.asked.known_on}")
    return title


def _rejects(reasons: Counter[str]) -> Iterator[str]:
    known = {reason.value.id: reason.value.text for reason in Reason}
    width = max(len(f"{count:,}") for count in reasons.values())
    for id, count in reasons.most_common():
        text = known.get(id, Label("", ""))
        yield f"  {count:>{width},}  {id}  {text.zh} / {text.en}"


# --- the table -----------------------------------------------------------------------------


def _table(run: Run, width: int | None) -> Iterator[Text]:
    heads, cells = _columns(run)
    sizes = [max(cell_len(text) for text in column) for column in zip(*heads, *cells, strict=True)]
    numbers = [_numbers(row, sizes) for row in (*heads, *cells)]
    names = [("规则", ""), ("rule", ""), *((r.label.zh, r.id) for r in run.rules), _TOTAL]
    labels, ids = (max(cell_len(name[part]) for name in names) for part in (0, 1))
    room = labels + len(_GAP) + ids + len(_GAP)
    fits = width is None or room + numbers[0].cell_len <= width
    for at, ((label, id), row) in enumerate(zip(names, numbers, strict=True)):
        gap = " " * (labels - cell_len(label) if fits else 0) + _GAP
        name = Text.assemble(label, gap if id or fits else "", (id, "dim"))
        if fits:
            name.pad_right(room - name.cell_len)
            line = Text.assemble(name, row)
            line.rstrip()
            yield line
            continue
        if at < len(heads):  # the headings of the numbers stand over the numbers
            name = Text()
        space = (width or 0) - name.cell_len - row.cell_len
        if space < len(_GAP):
            yield name
            name, space = Text(), max((width or 0) - row.cell_len, 0)
        line = Text.assemble(name, " " * space, row)
        line.rstrip()
        yield line


_TOTAL = ("合计 total", "")


def _numbers(row: Sequence[str], sizes: Sequence[int]) -> Text:
    text = Text()
    for cell, size in zip(row, sizes, strict=True):
        if text:
            text.append(_GAP)
        text.append(" " * (size - cell_len(cell)))
        text.append(cell, style="dim" if cell == "0" else "")
    return text


def _columns(run: Run) -> tuple[list[list[str]], list[list[str]]]:
    """Two rows of headings, and a row of cells for each rule and for the total."""
    verdicts = [v for v in _VERDICTS if v != NEVER or run.asked.all_rows]
    heads = [[_VERDICTS[v].zh for v in verdicts], [_VERDICTS[v].en for v in verdicts]]
    counts = run.tally.verdicts
    cells = [[f"{row[v]:,}" for v in verdicts] for row in counts]
    cells.append([f"{counts[:, v].sum():,}" for v in verdicts])
    paid = [_pays(rule) for rule in run.rules]
    if not any(paid):
        return heads, cells
    heads[0].append(_MONEY.zh)
    heads[1].append(_MONEY.en)
    money = run.tally.amounts
    for row, pays, paid_out in zip(cells, paid, money, strict=False):
        row.append(f"{paid_out:,.0f}" if pays else "")
    total = sum(float(one) for one, pays in zip(money, paid, strict=True) if pays)
    cells[-1].append(f"{total:,.0f}")
    return heads, cells


def _pays(rule: Rule) -> bool:
    """Whether its amounts are money: percentages of a standard cannot be added up."""
    amounts = [
        amount
        for version in rule.versions
        for amount in (version.amount, *(route.amount for route in version.routes))
        if amount is not None
    ]
    return bool(amounts) and all(amount.unit == "yuan" for amount in amounts)
