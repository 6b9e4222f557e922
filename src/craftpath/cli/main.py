"""What the command takes. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from craftpath.cli.says import Failure, failing_plainly
from craftpath.version import __version__

__all__ = ["main"]


def day(value: str) -> dt.date:
    """A day as YYYY-MM-DD, and nothing looser: 20250630 may be a slip."""
    try:
        return dt.datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise click.BadParameter(
            f"{value} 不是日历上的一天，请写成 2025-06-30 / "
            f"{value} is no day of the calendar; write it as 2025-06-30"
        ) from None


FILE = click.Path(path_type=Path)
_pack = click.option(
    "--pack",
    default="guangdong",
    show_default=True,
    metavar="NAME|FOLDER",
    help="规则包：名称或文件夹 / a pack: its name or its folder",
)
_as_of = click.option(
    "--as-of", type=day, required=True, metavar="DAY", help="所问日 / the day asked, YYYY-MM-DD"
)
_known_on = click.option(
    "--known-on",
    type=day,
    metavar="DAY",
    help="所知日，默认同 --as-of / the day of knowledge; --as-of by default",
)
_lang = click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    default="zh",
    show_default=True,
    help="用中文还是英文 / in Chinese or English",
)


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
@click.option(
    "--rules",
    metavar="ID[,ID…]",
    help="只判这些规则，可用 * / only these rules; * is allowed: 'skill-level.*'",
)
@click.option(
    "--out", type=FILE, required=True, help="判定文件 / decisions go here (.parquet or .csv)"
)
@click.option(
    "--rejects",
    type=FILE,
    help="退回行文件，默认 OUT.rejects.csv / bad rows go here, with reasons",
)
@click.option(
    "--all",
    "all_rows",
    is_flag=True,
    help="也写出“不符合”的行 / also write the rows that say never",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="线程数 / threads",
)
@click.option(
    "--spark",
    "master",
    metavar="MASTER",
    help="在 Spark 上跑 / run on Spark (craftpath[spark]), such as 'local[2]'",
)
@failing_plainly
def decide(
    records: Path,
    pack: str,
    as_of: dt.date,
    known_on: dt.date | None,
    rules: str | None,
    out: Path,
    rejects: Path | None,
    all_rows: bool,
    threads: int,
    master: str | None,
) -> None:
    """判定一个记录文件里的所有主体 / decide every party in a file of records.

    RECORDS 是 Parquet 或 CSV（UTF-8 或 GB18030）。好的行照判，坏的行连同原因写入退回行文件。
    RECORDS is Parquet or CSV (UTF-8 or GB18030). Good rows are decided; bad ones go to a rejects
    file with the row and the reason.
    """
    names = None if rules is None else _names([rules])
    from craftpath.cli import decide as command

    command.run(
        command.Order(
            records,
            pack,
            as_of,
            known_on or as_of,
            names,
            out,
            rejects,
            all_rows,
            threads,
            master,
        )
    )


@main.command()
@click.argument("records", type=FILE)
@_pack
@click.option("--party", type=int, required=True, metavar="ID", help="主体编号 / whose decisions")
@click.option(
    "--rule",
    "rules",
    metavar="ID",
    multiple=True,
    help="只问这条规则，列出全部途径；可多次 / only this rule, all its routes; may be repeated",
)
@_as_of
@_known_on
@_lang
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / plain data")
@failing_plainly
def explain(
    records: Path,
    pack: str,
    party: int,
    rules: tuple[str, ...],
    as_of: dt.date,
    known_on: dt.date | None,
    lang: str,
    as_json: bool,
) -> None:
    """说明一个主体的判定与理由 / tell one party's decisions and the reasons."""
    names = _names(rules) if rules else None
    from craftpath.cli import explain as command

    command.run(records, pack, party, names, as_of, known_on or as_of, lang, as_json)


@main.command()
@click.option(
    "--people", type=click.IntRange(1), required=True, metavar="N", help="人数 / how many people"
)
@click.option("--out", type=FILE, required=True, metavar="DIR", help="文件夹 / a folder")
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="种子，同种子同样例 / same seed, same sample",
)
@click.option("--dirty", is_flag=True, help="混入各种坏行 / mix in every kind of bad row")
@_pack
@failing_plainly
def sample(people: int, out: Path, seed: int, dirty: bool, pack: str) -> None:
    """生成样例记录 / make sample records: believable lives, the same for the same seed."""
    from craftpath.cli import sample as command

    command.run(people, out, seed, dirty, pack)


@main.group()
def pack() -> None:
    """规则包：查错、印出、测试 / packs: check, show, test."""


@pack.command("check")
@click.argument("path", default="guangdong")
@failing_plainly
def pack_check(path: str) -> None:
    """列出规则包的全部问题 / list every problem of a pack, each with file, line and mend.

    有问题时退出码为 1 / exit status 1 where there is any.
    """
    from craftpath.cli import packs as command

    raise SystemExit(command.check(path))


@pack.command("show")
@click.argument("rule", required=False)
@click.option("--programmes", is_flag=True, help="改为列出全部项目 / list the programmes instead")
@click.option(
    "--writes",
    is_flag=True,
    help="改为列出每种记录由谁核实 / list instead whose word makes each kind of record verified",
)
@_pack
@_lang
@failing_plainly
def pack_show(rule: str | None, programmes: bool, writes: bool, pack: str, lang: str) -> None:
    """像人读的那样印出一条规则 / print a rule as a person reads it, with its sources.

    不写 RULE 则列出全部规则 / without RULE, the rules are listed.
    """
    from craftpath.cli import packs as command

    if sum((programmes, writes, rule is not None)) > 1:
        raise Failure(
            "RULE、--programmes 与 --writes 请只写一个。",
            "Give one of RULE, --programmes and --writes.",
        )
    if programmes:
        command.show_programmes(pack, lang)
    elif writes:
        command.show_writes(pack, lang)
    else:
        command.show(rule, pack, lang)


@pack.command("test")
@click.argument("path", default="guangdong")
@click.option(
    "--mutants",
    is_flag=True,
    help="逐一改动数字、日期与比较，找出无用例察觉的 / "
    "move each number, day and comparison by one; name what no case notices",
)
@failing_plainly
def pack_test(path: str, mutants: bool) -> None:
    """跑规则旁的用例 / run the cases beside the rules.

    有不符的用例或无人察觉的变异时退出码为 1 / exit status 1 where a case fails or a mutant lives.
    """
    from craftpath.cli import packs as command

    raise SystemExit(command.test(path, mutants))


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--sort",
    required=True,
    metavar="SORT",
    help="表的类型：staff、people、organisations、records / what the sheet holds",
)
@click.option(
    "--as", "username", required=True, metavar="USERNAME", help="以哪个账号导入 / whose login"
)
@click.option(
    "--duty", type=int, metavar="ID", help="账号的哪个身份，默认第一个 / which duty of it"
)
@click.option(
    "--dry-run/--commit",
    default=True,
    help="只核对（默认）或核对后写入 / check only (default), or check and write",
)
@click.option(
    "--rejects", type=FILE, help="退回行另存为 / write the bad rows, with reasons (.xlsx)"
)
@failing_plainly
def import_(
    file: Path, sort: str, username: str, duty: int | None, dry_run: bool, rejects: Path | None
) -> None:
    """导入表格 / bring in a spreadsheet or CSV.

    先核对，逐格指出问题；加 --commit 才写入。有误的行退出码为 1。
    Every bad cell is named; nothing is written without --commit. Exit status 1 where rows are bad.
    """
    from craftpath.cli import bring_in as command
    from craftpath.cli.site import site

    site()
    raise SystemExit(command.run(file, sort, username, duty, not dry_run, rejects))


@main.group()
def draw() -> None:
    """抽签：核对结果 / draws by lot: check a result."""


@draw.command("verify")
@click.argument("file", type=FILE)
@click.option(
    "--commitment",
    metavar="HEX",
    help="受理结束前公布的承诺值 / the commitment as it was published before the window closed",
)
@click.option(
    "--list-hash", metavar="HEX", help="当时公布的名单哈希 / the list's hash as it was published"
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    help="只用中文或英文，默认两种都用 / in Chinese or English only; both by default",
)
@failing_plainly
def draw_verify(
    file: Path, commitment: str | None, list_hash: str | None, lang: str | None
) -> None:
    """重新计算一次抽签，核对公布的结果 / recompute a draw and check the published result.

    FILE 是公布的抽签文件（JSON）。有任何不一致时退出码为 1。
    FILE is the published draw file (JSON). Exit status 1 where anything does not agree.
    """
    from craftpath.cli import draw as command

    raise SystemExit(command.verify(file, commitment, list_hash, lang))


# --- the site --------------------------------------------------------------------------------


@main.command()
@failing_plainly
def migrate() -> None:
    """建立或更新数据库 / make the site's tables, or bring them up to date."""
    from craftpath.cli import serving as command

    command.migrate()


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="监听的地址 / address to listen at"
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="端口 / port",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="进程数，每个四线程 / processes, of four threads each",
)
@click.option(
    "--no-worker",
    is_flag=True,
    help="不带后台任务进程（另行运行 craftpath work）/ "
    "without background work, which then runs as craftpath work",
)
@failing_plainly
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """运行站点，Ctrl-C 停止 / serve the site in the foreground, with its background work.

    引擎预热之后才说“已就绪”。数据在 CRAFTPATH_HOME（默认 ./var）和 DATABASE_URL。
    It says that it is ready once the engine is warm. The data are in CRAFTPATH_HOME (default
    ./var) and DATABASE_URL.
    """
    from craftpath.cli import serving as command

    command.serve(host, port, workers, not no_worker)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON / plain data")
@failing_plainly
def check(as_json: bool) -> None:
    """还有什么不适合对公众开放 / what is not fit for the public, why, and the mend.

    逐项检查网址、密钥、第二因素、备份、权限……有任何一项要改时退出码为 1。
    Address, keys, second factor, backups, permissions and more. Exit status 1 where anything is to
    be mended. Run it as the services are run: with their user and their environment.
    """
    from craftpath.cli import fitness as command

    raise SystemExit(command.check(as_json))


@main.command()
@failing_plainly
def work() -> None:
    """做后台任务，未完的导入接着做 / do the background work; half-done imports go on."""
    from craftpath.cli import serving as command

    command.work()


@main.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@failing_plainly
def manage(words: tuple[str, ...]) -> None:
    """Django 自带的命令 / Django's own commands: craftpath manage help."""
    from craftpath.cli import serving as command

    command.manage(words)


@main.command()
@click.option(
    "--people",
    type=click.IntRange(60, 20000),
    default=5000,
    show_default=True,
    help="人数 / how many people",
)
@click.option("--seed", type=int, default=1, show_default=True, help="种子 / same seed, same city")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="端口 / port"
)
@click.option("--no-serve", is_flag=True, help="只建不运行 / make the city, and do not serve it")
@failing_plainly
def demo(people: int, seed: int, port: int, no_serve: bool) -> None:
    """样本城市：建好、列出账号、运行 / a sample city to try: made, its accounts listed, served.

    数据在 ./demo（或 CRAFTPATH_HOME）；城里没有真人。
    The data are in ./demo (or CRAFTPATH_HOME). Nobody in the city exists.
    """
    from craftpath.cli import demo as command

    command.run(people, seed, port, not no_serve)


@main.group()
def account() -> None:
    """账号与身份 / logins and their duties."""


_from_stdin = click.option(
    "--password-stdin",
    "from_stdin",
    is_flag=True,
    help="从标准输入读密码 / read the password from standard input",
)


@account.command("add")
@click.argument("username")
@click.option(
    "--role",
    required=True,
    metavar="ROLE",
    help="身份 / role: worker, employer, institution, expert, town, city, province, auditor, "
    "operator",
)
@click.option("--party", type=int, metavar="ID", help="代表的主体编号 / for which party")
@click.option(
    "--region", default="", metavar="CODE", help="办理的区域 / which region an official serves"
)
@click.option("--name", metavar="NAME", help="显示的姓名 / the name shown")
@_from_stdin
@failing_plainly
def account_add(
    username: str,
    role: str,
    party: int | None,
    region: str,
    name: str | None,
    from_stdin: bool,
) -> None:
    """新增账号，或给已有账号加一项身份 / add a login, or one more duty of a login.

    密码当面输入，或用 --password-stdin / the password is asked for, or read from standard input.
    """
    from craftpath.cli import accounts as command

    command.add(username, role, party, region, name, from_stdin)


@account.command("list")
@failing_plainly
def account_list() -> None:
    """列出现有身份：编号、登录名、姓名、身份、主体或区域、起始日 / list the duties that run."""
    from craftpath.cli import accounts as command

    command.list_all()


@account.command("end")
@click.argument("username")
@click.option(
    "--duty",
    type=int,
    metavar="ID",
    help="只终止这一项 / end this duty only, and leave the login open",
)
@click.option("--why", default="", metavar="TEXT", help="原因 / the reason")
@failing_plainly
def account_end(username: str, duty: int | None, why: str) -> None:
    """终止身份，停用账号 / end the duties of a login, and close it."""
    from craftpath.cli import accounts as command

    command.end(username, duty, why)


@account.command("password")
@click.argument("username")
@_from_stdin
@failing_plainly
def account_password(username: str, from_stdin: bool) -> None:
    """更换密码 / give a login a new password."""
    from craftpath.cli import accounts as command

    command.password(username, from_stdin)


@main.group()
def audit() -> None:
    """审计 / the audit log."""


@audit.command("verify")
@failing_plainly
def audit_verify() -> None:
    """核对审计链，列出每一处改动 / check the audit chain and name every broken place.

    有任何一处不符时退出码为 1 / exit status 1 where anything is broken.
    """
    from craftpath.cli import keeping as command

    raise SystemExit(command.audit_verify())


@main.command()
@click.argument("out", type=FILE)
@failing_plainly
def snapshot(out: Path) -> None:
    """写出引擎读的记录文件 / write the records file that the engine reads (.parquet).

    被更正和作废的记录也在内，带失效日；合并的主体归到并入者名下。
    Superseded and voided records are in it with the day until which they were known; the records
    of a merged party stand under whom it went into.
    """
    from craftpath.cli import keeping as command

    command.snapshot(out)


@main.command()
@click.argument("folder", type=FILE, required=False)
@click.option(
    "--prove",
    "file",
    type=FILE,
    metavar="FILE",
    help="验证一份备份 / restore a backup beside the site, look it through, take it away",
)
@failing_plainly
def backup(folder: Path | None, file: Path | None) -> None:
    """备份到文件夹 FOLDER，或验证一份备份 / back up into FOLDER, or prove a backup.

    数据库和上传的文件写成一个文件，站点照常运行；密钥不在其中，请另外保存。
    The database and the uploads in one file, while the site runs. The keys are not in it: keep
    them apart.
    """
    if (folder is None) == (file is None):
        raise click.UsageError(
            "写明一个文件夹，或 --prove 一份备份 / name a folder, or a backup with --prove"
        )
    from craftpath.cli import keeping as command

    if file is not None:
        raise SystemExit(command.prove(file))
    if folder is not None:
        command.backup(folder)


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--force",
    is_flag=True,
    help="即使已有数据；原有的移到一旁 / even where there are data; they are moved aside",
)
@failing_plainly
def restore(file: Path, force: bool) -> None:
    """把备份恢复到这里 / put a backup in the place of this site's data. Stop the site first."""
    from craftpath.cli import keeping as command

    command.restore(file, force)


def _names(texts: Sequence[str]) -> list[str]:
    """Ids as given, by commas or one by one."""
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    if not names:
        raise Failure("没有写明规则编号。", "No rule is named.")
    return names


if __name__ == "__main__":
    main()
