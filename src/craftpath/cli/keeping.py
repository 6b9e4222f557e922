"""`craftpath snapshot`, `backup`, `restore`, `audit verify`: keeping what the site has."""

from __future__ import annotations

import time
from pathlib import Path

import click

from craftpath.cli.says import Failure
from craftpath.cli.site import site

__all__ = ["audit_verify", "backup", "prove", "restore", "snapshot"]


def snapshot(out: Path) -> None:
    """Write the records file."""
    if out.suffix.lower() != ".parquet":
        raise Failure(
            f"{out}：记录文件写成 Parquet，请以 .parquet 结尾。",
            f"{out}: the records are written as Parquet; end the name in .parquet.",
        )
    if not out.absolute().parent.is_dir():
        raise Failure(
            f"{out.parent}：没有这个文件夹，请先建好。",
            f"{out.parent}: no such folder; make it first.",
        )
    site()
    from craftpath.operations.snapshot import write_snapshot

    began = time.monotonic()
    rows = write_snapshot(out)
    took = time.monotonic() - began
    size = out.stat().st_size / 1e6 if out.is_file() else 0.0
    click.echo(
        f"{out}：{rows:,} 条记录，{size:.1f} MB，{took:.1f} 秒\n"
        f"{out}: {rows:,} records, {size:.1f} MB, {took:.1f} s"
    )


def backup(folder: Path) -> None:
    site()
    from craftpath.operations.backup import write_backup
    from craftpath.operations.dumps import Trouble
    from craftpath.operations.noted import note

    try:
        path, manifest = write_backup(folder)
    except Trouble as trouble:
        raise _plainly(trouble) from None
    note("backup", good=True, of=path.name)
    rows, files = sum(manifest.rows.values()), len(manifest.files) - 1
    size = path.stat().st_size / 1e6
    click.echo(
        f"{path}：{rows:,} 行，{files} 个上传的文件，{size:.1f} MB\n"
        f"密钥不在其中，请另外保存；没有密钥，备份中的证件号码谁也打不开。\n"
        f"请验证：craftpath backup --prove {path}\n"
        f"{path}: {rows:,} rows, {files} uploaded files, {size:.1f} MB\n"
        f"The keys are not in it: keep them apart. Without them nobody can open its identity "
        f"numbers.\nProve it: craftpath backup --prove {path}"
    )


def prove(path: Path) -> int:
    """Print what was found in the restored backup; 1 where anything is wrong."""
    if not path.is_file():
        raise Failure(f"{path}：没有这个文件。", f"{path}: no such file.")
    site()
    from craftpath.operations.dumps import Trouble
    from craftpath.operations.noted import note
    from craftpath.operations.proof import prove

    try:
        found = prove(path)
    except Trouble as trouble:
        note("proof", good=False, of=path.name)
        raise _plainly(trouble) from None
    for finding in found:
        click.echo(f"{'✓' if finding.good else '✗'} {finding.label.zh} / {finding.label.en}")
    good = all(finding.good for finding in found)
    note("proof", good, of=path.name)
    if good:
        click.echo("这份备份可以恢复。\nThis backup can be restored.")
        return 0
    click.echo("这份备份不可靠。\nThis backup cannot be relied upon.", err=True)
    return 1


def restore(path: Path, force: bool) -> None:
    if not path.is_file():
        raise Failure(f"{path}：没有这个文件。", f"{path}: no such file.")
    site(database=False)
    from craftpath.operations.backup import restore
    from craftpath.operations.dumps import Trouble

    def tell(aside: Path) -> None:
        click.echo(f"原有的移到 {aside}\nWhat was there is now {aside}")

    try:
        manifest = restore(path, force=force, tell=tell)
    except Trouble as trouble:
        raise _plainly(trouble) from None
    rows = sum(manifest.rows.values())
    click.echo(
        f"已恢复 {manifest.made} 的备份：{rows:,} 行。备份中没有密钥，请确认密钥仍是当时的。\n"
        f"接着运行 craftpath migrate 与 craftpath audit verify。\n"
        f"Restored the backup of {manifest.made}: {rows:,} rows. It has no keys: make sure that "
        f"the present ones are those of the time.\n"
        f"Now run craftpath migrate and craftpath audit verify."
    )


def audit_verify() -> int:
    """How many entries there are, the last digest, every broken place; 1 where there is any."""
    site()
    from craftpath.audit.chain import START, verify
    from craftpath.audit.models import Entry
    from craftpath.operations.noted import note

    count = Entry.objects.count()
    last = Entry.objects.order_by("-number").first()
    digest = START if last is None else last.digest
    click.echo(f"审计记录 {count:,} 条，末端 {digest}\n{count:,} audit entries, the last {digest}")
    broken = 0
    for place in verify():
        broken += 1
        click.echo(f"✗ {place.label.zh} / {place.label.en}")
    note("audit", good=not broken)
    if broken:
        click.echo(f"有 {broken} 处被改动。\n{broken} places are broken.", err=True)
        return 1
    click.echo("链条完整。\nThe chain is whole.")
    return 0


def _plainly(trouble: Exception) -> Failure:
    label = trouble.label  # type: ignore[attr-defined]
    return Failure(label.zh, label.en)
