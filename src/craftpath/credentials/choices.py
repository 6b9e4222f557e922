"""The closed lists of certificates, cards and what becomes of them, in both languages."""

from __future__ import annotations

from enum import StrEnum

from craftpath.engine.rules import Label

__all__ = [
    "ANSWERS",
    "FINAL",
    "PHASES",
    "SORTS",
    "STANDINGS",
    "UNDER_WAY",
    "WAYS",
    "Answer",
    "Phase",
    "Purpose",
    "Sort",
    "Standing",
    "Way",
]


class Sort(StrEnum):
    CERTIFICATE = "certificate"
    CARD = "card"


SORTS = {
    Sort.CERTIFICATE: Label("证书", "certificate"),
    Sort.CARD: Label("人才卡", "talent card"),
}


class Standing(StrEnum):
    """What somebody decided about a credential. The last one holds."""

    ISSUED = "issued"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


STANDINGS = {
    Standing.ISSUED: Label("签发", "issued"),
    Standing.SUSPENDED: Label("暂停", "suspended"),
    Standing.RESUMED: Label("恢复", "resumed"),
    Standing.REVOKED: Label("撤销", "revoked"),
    Standing.SUPERSEDED: Label("已由新证代替", "superseded"),
}

#: After one of these nothing more becomes of it.
FINAL = (Standing.REVOKED, Standing.SUPERSEDED)


class Purpose(StrEnum):
    """What a bit of a status list says; the words are those of Bitstring Status List."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class Phase(StrEnum):
    """What a print run is at. Each begins again where it was, whatever was killed when."""

    ISSUING = "issuing"
    SIGNING = "signing"
    PRINTING = "printing"
    PRINTED = "printed"
    STOPPED = "stopped"
    DELETED = "deleted"


PHASES = {
    Phase.ISSUING: Label("编号", "giving numbers"),
    Phase.SIGNING: Label("签名", "signing"),
    Phase.PRINTING: Label("排版", "printing"),
    Phase.PRINTED: Label("已完成", "done"),
    Phase.STOPPED: Label("已中止", "stopped"),
    Phase.DELETED: Label("文件已删除", "file deleted"),
}


#: Phases that go on by themselves.
UNDER_WAY = (Phase.ISSUING, Phase.SIGNING, Phase.PRINTING)


class Answer(StrEnum):
    """What the public check says. ALTERED: what was shown is not what was issued."""

    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    ALTERED = "altered"
    UNKNOWN = "unknown"


ANSWERS = {
    Answer.VALID: Label("有效", "valid"),
    Answer.EXPIRED: Label("已过期", "expired"),
    Answer.SUSPENDED: Label("暂停使用", "suspended"),
    Answer.REVOKED: Label("已撤销", "revoked"),
    Answer.SUPERSEDED: Label("已由新证代替", "superseded"),
    Answer.ALTERED: Label("与签发的不符", "not as it was issued"),
    Answer.UNKNOWN: Label("查无此证", "unknown"),
}


class Way(StrEnum):
    """How somebody asked."""

    CODE = "code"
    NUMBER = "number"
    FILE = "file"
    SHARE = "share"
    API = "api"


WAYS = {
    Way.CODE: Label("扫码", "QR code"),
    Way.NUMBER: Label("编号和姓名", "number and name"),
    Way.FILE: Label("文件", "file"),
    Way.SHARE: Label("分享链接", "shared link"),
    Way.API: Label("接口", "interface"),
}
