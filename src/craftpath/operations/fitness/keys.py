"""The three keys: that nobody guesses them, and nobody reads them."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from craftpath.engine.rules import Label
from craftpath.operations.fitness.nouns import Finding, danger, fine, mend

__all__ = ["apart", "private", "strong"]

#: 32 hexadecimal digits by chance have fewer than 8 different ones once in a hundred million.
_FEWEST, _FEWEST_DIFFERENT = 32, 8
_EXAMPLES = ("change", "example", "insecure", "secret", "password", "xxxx", "改成", "示例")
#: Where docs/running.md puts them.
_FILE = Path("/etc/craftpath/keys.env")
_MADE = Label(
    "按 docs/running.md 的“Keys”另做一把。已有记录的站点不要换身份密钥和审计密钥，先问开发者。",
    "Make another as docs/running.md says under “Keys”. On a site that has records, do not change "
    "the identity and the audit key before asking the developers.",
)


def strong() -> Finding:
    kept = {
        "CRAFTPATH_SECRET_KEY": settings.SECRET_KEY,
        "CRAFTPATH_IDENTITY_KEY": settings.CRAFTPATH_IDENTITY_KEY,
        "CRAFTPATH_AUDIT_KEY": settings.CRAFTPATH_AUDIT_KEY,
    }
    weak = [name for name, key in kept.items() if _is_weak(key)]
    if weak:
        return danger(
            Label(
                f"密钥太短、太单调或是示例：{'、'.join(weak)}",
                f"keys that are too short, too plain or an example: {', '.join(weak)}",
            ),
            Label(
                "猜得出的密钥等于没有：会话、证件号码和审计都可伪造或读出。",
                "A key that can be guessed is none: sessions, identity numbers and the audit can "
                "be forged or read.",
            ),
            _MADE,
        )
    if len(set(kept.values())) < len(kept):
        return danger(
            Label("有两把密钥相同", "two of the keys are the same"),
            Label("泄露一把就泄露两把。", "Who learns one has learnt two."),
            _MADE,
        )
    return fine("三把密钥够长，互不相同", "the three keys are long enough, and differ")


def _is_weak(key: str) -> bool:
    said = key.lower()
    return (
        len(key) < _FEWEST
        or len(set(key)) < _FEWEST_DIFFERENT
        or any(word in said for word in _EXAMPLES)
    )


def private() -> Finding:
    for file in _files():
        mode = file.stat().st_mode
        others = 0o077 if file.name == "keys.json" else 0o007  # keys.env is for root and the group
        if mode & others:
            return danger(
                Label(
                    f"别人读得到密钥：{file}（{mode & 0o777:o}）",
                    f"others can read the keys: {file} ({mode & 0o777:o})",
                ),
                Label(
                    "这台机器上的任何用户都能打开证件号码、伪造审计。",
                    "Any user of this machine can open identity numbers and forge the audit.",
                ),
                _chmod(file, others),
            )
    return fine("密钥只有本站读得到", "nobody else can read the keys")


def _chmod(file: Path, others: int) -> Label:
    line = f"chmod {'600' if others == 0o077 else '640'} {file}"
    return Label(line, line)


def apart() -> Finding:
    if not _lies_in_folder():
        return fine("密钥不在数据文件夹中", "the keys are not in the data folder")
    return mend(
        Label("密钥在数据文件夹中（keys.json）", "the keys lie in the data folder (keys.json)"),
        Label(
            "谁拷走这个文件夹，就连密钥一起拷走；丢了文件夹，密钥也没了。",
            "Whoever copies the folder has the keys with it; when it is lost, so are they.",
        ),
        Label(
            f"把三把密钥原样移到 {_FILE}（docs/running.md），由环境给出，另存一份，"
            "再删去 keys.json。",
            f"Move the three as they are to {_FILE} (docs/running.md), give them in the "
            "environment, keep a copy elsewhere, and delete keys.json.",
        ),
    )


def _lies_in_folder() -> bool:
    return (Path(settings.CRAFTPATH_HOME) / "keys.json").exists()


def _files() -> list[Path]:
    return [
        file for file in (Path(settings.CRAFTPATH_HOME) / "keys.json", _FILE) if _is_there(file)
    ]


def _is_there(file: Path) -> bool:
    return os.access(file.parent, os.X_OK) and file.exists()
