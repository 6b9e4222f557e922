"""`craftpath draw verify`: a published draw, recomputed before the reader's eyes."""

from __future__ import annotations

import re
from pathlib import Path

import click

from craftpath.allotment.draw import Draw, commitment, list_hash, ticket
from craftpath.allotment.draw_file import read_draw
from craftpath.allotment.verify import verify_draw
from craftpath.cli.says import Failure
from craftpath.engine.rules import Label

__all__ = ["verify"]

_FIRST = 5
#: As for a command that was called wrongly: nothing was compared.
_NOT_CHECKED = 2
_VALUE = re.compile("[0-9a-fA-F]{64}")


class _NotCompared(Failure):
    exit_code = _NOT_CHECKED


def verify(file: Path, published: str | None, published_list: str | None, lang: str | None) -> int:
    """Say what was recomputed and what does not agree.

    Exit status: 0 where all agrees, 1 where anything does not, 2 where it could not be checked: a
    file that cannot be read is no draw that was forged.
    """
    langs = [lang] if lang else ["zh", "en"]
    for option, said in (("--commitment", published), ("--list-hash", published_list)):
        _require_whole(option, said)
    draw, problems = read_draw(file)
    if draw is not None:
        seen = {"commitment": published, "list_hash": published_list}
        problems = verify_draw(draw, {key: value for key, value in seen.items() if value})
        for one in langs:
            click.echo("\n".join(_recomputed(draw, one)) + "\n")
    for problem in problems:
        for one in langs:
            click.echo(problem.say(one))
    _say(_verdict(draw, len(problems), bool(published and published_list)), langs)
    if draw is None:
        return _NOT_CHECKED
    return 1 if problems else 0


def _require_whole(option: str, said: str | None) -> None:
    """Failure: what was published was cut or mistyped; that is no answer about the draw."""
    if said is None or _VALUE.fullmatch(said.strip()):
        return
    raise _NotCompared(
        f"{option} 的值不是完整的 64 位十六进制数，无从比对；请从公示处完整抄下。",
        f"The value of {option} is not one of 64 hexadecimal digits, or was cut: nothing can be "
        "compared. Copy all of it from where it was published.",
    )


def _verdict(draw: Draw | None, problems: int, compared: bool) -> Label:
    if problems:
        zh = "无法核对" if draw is None else "不一致"
        en = "It cannot be checked" if draw is None else "It does not agree"
        many = "problem" if problems == 1 else "problems"
        return Label(f"{zh}：{problems} 处问题。", f"{en}: {problems} {many}.")
    if compared:
        return Label("全部一致。", "Everything agrees.")
    return Label(
        "文件自身全部一致。请再把上面的承诺值和名单哈希与当时公布的比对"
        "（--commitment、--list-hash）。",
        "The file agrees with itself. Compare commitment and list hash above with those that were "
        "published at the time (--commitment, --list-hash).",
    )


def _say(text: Label, langs: list[str]) -> None:
    for lang in langs:
        click.echo(text[lang])


def _recomputed(draw: Draw, lang: str) -> list[str]:
    """What was recomputed, in one language."""
    terms, event = draw.terms, draw.terms.public
    listed = list_hash(terms.programme, draw.listed_on, draw.entrants)
    rows = [
        (Label("项目", "programme"), terms.programme),
        (Label("承诺值（重新计算）", "commitment (recomputed)"), commitment(terms, draw.seed)),
        (Label("名单哈希（重新计算）", "list hash (recomputed)"), listed),
        (Label("参加人数", "entrants"), f"{len(draw.entrants):,}"),
        (Label("名额", "places"), _places(draw)[lang]),
        (Label("公开事件", "public event"), _event(draw)[lang]),
    ]
    colon = "：" if lang == "zh" else ": "
    lines = [f"{label[lang]}{colon}{value}" for label, value in rows]
    for label, keys in (
        (Label("中签", "placed"), draw.placed),
        (Label("候补", "waiting"), draw.waiting),
    ):
        lines.append(f"{label[lang]}{colon}{len(keys):,}")
        for position, key in enumerate(keys[:_FIRST], 1):
            drawn = ticket(draw.seed, draw.list_hash, draw.public_value, key)
            lines.append(f"  {position}. {key}  {drawn[:16]}…")
    if event is None:
        lines.append(
            Label(
                "没有用公开事件：知道种子的人若能左右名单，就能左右结果。",
                "No public event was mixed in: whoever knew the seed and could shape the list "
                "could shape the result.",
            )[lang]
        )
    return lines


def _places(draw: Draw) -> Label:
    quota = draw.terms.quota
    groups = "，".join(f"{group} {kept:,}" for group, kept in quota.by_group.items())
    if quota.limit is None:
        return Label("不限", "no limit")
    inside_zh = f"（其中 {groups}）" if groups else ""
    inside_en = f" (of these {groups.replace('，', ', ')})" if groups else ""
    return Label(f"{quota.limit:,}{inside_zh}", f"{quota.limit:,}{inside_en}")


def _event(draw: Draw) -> Label:
    event = draw.terms.public
    if event is None:
        return Label("无", "none")
    return Label(
        f"{event.source}（{event.day}）：{draw.public_value}",
        f"{event.source} ({event.day}): {draw.public_value}",
    )
