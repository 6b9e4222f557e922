"""What the command takes. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from craftpath import __version__
from craftpath.cli.says import failing_plainly

__all__ = ["main"]


class Day(click.ParamType):
    """A day as YYYY-MM-DD."""

    name = "day"

    def convert(
        self, value: str | dt.date, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2025-06-30", param, ctx)


DAY = Day()
FILE = click.Path(dir_okay=False, path_type=Path)
_pack = click.option("--pack", default="guangdong", show_default=True, help="规则包：名称或文件夹 / a pack: its name or its folder")
_as_of = click.option("--as-of", type=DAY, required=True, help="所问的那一天 / the day asked about, YYYY-MM-DD")
_known_on = click.option("--known-on", type=DAY, help="按哪一天所知的记录，默认同 --as-of / the day of knowledge; --as-of by default")
_lang = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="craftpath")
def main() -> None:
    """匠途：记录进，符合之日出，附理由。

    Dated records go in; the days on which somebody qualifies come out, with reasons.
    """


@main.command()
@click.argument("records", type=FILE)
@_pack
@_as_of
@_known_on
@click.option("--rules", metavar="ID[,ID…]", help="只判这些规定，可用 * / only these rules; * is allowed: skill-level.*")
@click.option("--out", type=FILE, required=True, help="结果文件 / decisions go here (.parquet or .csv)")
@click.option("--rejects", type=FILE, help="坏行文件，默认 OUT.rejects.csv / bad rows go here, with reasons")
@click.option("--all", "all_rows", is_flag=True, help="也写出“不符合”的行 / also write the rows that say never")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="线程数 / threads")
@click.option("--spark", "master", metavar="MASTER", help="在 Spark 上跑，如 local[2] / run on Spark (craftpath[spark])")
@failing_plainly
def decide(
    records: Path, pack: str, as_of: dt.date, known_on: dt.date | None, rules: str | None, out: Path,
    rejects: Path | None, all_rows: bool, threads: int, master: str | None,
) -> None:  # fmt: skip
    """判定一个记录文件里的所有人 / decide every party in a file of records.

    RECORDS is Parquet or CSV (UTF-8 or GB18030). Good rows are decided; bad ones go to a rejects
    file with the row and the reason.
    """
    from craftpath.cli import decide as command

    names = _names(rules)
    command.run(
        command.Order(records, pack, as_of, known_on or as_of, names, out, rejects, all_rows, threads, master)
    )


@main.command()
@click.argument("records", type=FILE)
@_pack
@click.option("--party", type=int, required=True, help="当事人编号 / whose decisions")
@click.option("--rule", "rules", metavar="ID", multiple=True, help="只问这条规定 / only this rule; all routes are shown")
@_as_of
@_known_on
@_lang
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / plain data")
@failing_plainly
def explain(
    records: Path, pack: str, party: int, rules: tuple[str, ...], as_of: dt.date,
    known_on: dt.date | None, lang: str, as_json: bool,
) -> None:  # fmt: skip
    """说明一个人的判定与理由 / tell one party's decisions and the reasons."""
    from craftpath.cli import explain as command

    command.run(records, pack, party, list(rules) or None, as_of, known_on or as_of, lang, as_json)


@main.command()
@click.option("--people", type=click.IntRange(1), required=True, help="人数 / how many people")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="文件夹 / a folder")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--dirty", is_flag=True, help="混入各种坏行 / mix in every kind of bad row")
@_pack
@failing_plainly
def sample(people: int, out: Path, seed: int, dirty: bool, pack: str) -> None:
    """生成样例记录 / make sample records: believable lives, the same for the same seed."""
    from craftpath.cli import sample as command

    command.run(people, out, seed, dirty, pack)


@main.group()
def pack() -> None:
    """规则包 / packs: check, show, test."""


@pack.command("check")
@click.argument("path")
@failing_plainly
def pack_check(path: str) -> None:
    """列出规则包的全部问题 / list every problem of a pack, each with file, line and mend."""
    from craftpath.cli import packs as command

    raise SystemExit(command.check(path))


@pack.command("show")
@click.argument("rule")
@_pack
@_lang
@failing_plainly
def pack_show(rule: str, pack: str, lang: str) -> None:
    """像人读的那样印出一条规定 / print a rule as a person reads it, with its sources."""
    from craftpath.cli import packs as command

    command.show(rule, pack, lang)


@pack.command("test")
@click.argument("path", default="guangdong")
@click.option("--mutants", is_flag=True, help="逐一改动数字、日期与比较，找出无案例察觉的 / move each number, day and comparison by one")
@failing_plainly
def pack_test(path: str, mutants: bool) -> None:
    """跑规则旁的案例 / run the cases beside the rules."""
    from craftpath.cli import packs as command

    raise SystemExit(command.test(path, mutants))


def _names(text: str | None) -> Sequence[str] | None:
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


if __name__ == "__main__":
    main()
