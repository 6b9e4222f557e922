"""`craftpath check`: what of this site is not fit for the public."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from craftpath.cli.site import site

if TYPE_CHECKING:
    from craftpath.operations.fitness import Finding

__all__ = ["check"]

_HEADINGS = {
    "danger": "✗ 危险，不可对外开放 / Dangerous: let nobody in",
    "mend": "! 应当改正 / To be mended",
    "fine": "✓ 合格 / Fine",
}


def check(as_json: bool) -> int:
    """Print what was found, what is worst first; 1 where anything is not fine."""
    site(up_to_date=False)
    from craftpath.operations.fitness import look

    found = look()
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
    else:
        _tell(found)
    return int(any(one.severity != "fine" for one in found))


def _tell(found: Sequence[Finding]) -> None:
    for severity, heading in _HEADINGS.items():
        some = [one for one in found if one.severity == severity]
        if some:
            click.echo(f"\n{heading} ({len(some)})\n")
        for one in some:
            click.echo(f"  {one.found.zh} / {one.found.en}")
            if one.why is not None and one.mend is not None:
                click.echo(f"    为什么 {one.why.zh}\n    改法   {one.mend.zh}")
                click.echo(f"    why    {one.why.en}\n    mend   {one.mend.en}\n")
    unfit = sum(one.severity != "fine" for one in found)
    if unfit:
        click.echo(f"\n有 {unfit} 项要改。\n{unfit} things are to be mended.")
    else:
        click.echo("\n可以对公众开放。\nIt is fit for the public.")


def _plain(one: Finding) -> dict[str, object]:
    labels = {"found": one.found, "why": one.why, "mend": one.mend}
    return {"severity": one.severity} | {
        name: None if label is None else {"zh": label.zh, "en": label.en}
        for name, label in labels.items()
    }
