"""Why a proof is refused: one small closed set, in both languages.

`Refused` is the only exception by which a proof that somebody shows is turned down, whatever is
wrong with it. Programming mistakes of ours (a naive moment, an index out of a list that we make)
are ValueErrors.
"""

from __future__ import annotations

from enum import Enum

from craftpath.engine.rules import Label

__all__ = ["Fault", "Refused"]


class Fault(Enum):
    """What is wrong, in the order in which it is looked for."""

    TOO_LARGE = Label("文件过大或层次过深，不予读取。", "It is too large or too deep to be read.")
    MALFORMED = Label(
        "格式不对，不是本系统的凭证。", "It does not have the form of a proof of ours."
    )
    UNKNOWN_CONTEXT = Label(
        "引用了本系统不认识的词汇表。", "It refers to a vocabulary that is not known here."
    )
    UNKNOWN_TERM = Label(
        "含有词汇表中没有的内容，签名保护不到。",
        "It holds something that its vocabulary does not define: no signature would cover it.",
    )
    UNSIGNED = Label("没有可用的签名。", "It carries no usable signature.")
    UNKNOWN_SUITE = Label("签名方法不受支持。", "It is signed by a method that is not supported.")
    UNKNOWN_KEY = Label("签名密钥不属于已知的签发机构。", "The key is not that of a known issuer.")
    WRONG_ISSUER = Label(
        "签名密钥不属于凭证所写的签发机构。", "The key is not that of the issuer that it names."
    )
    WRONG_SIGNATURE = Label(
        "签名不符：内容被改动，或并非该机构签发。",
        "The signature does not fit: it was altered, or not issued by this body.",
    )
    NOT_YET_VALID = Label("尚未生效。", "It is not valid yet.")
    REVOKED = Label("已撤销。", "It has been revoked.")
    SUSPENDED = Label("已暂停使用。", "It is suspended.")
    STATUS_UNKNOWN = Label(
        "无法确认是否已撤销或暂停。", "Whether it is revoked or suspended cannot be told."
    )
    EXPIRED = Label("已过有效期。", "It has expired.")

    @property
    def label(self) -> Label:
        return self.value


class Refused(Exception):
    """A proof is refused. `where` names the place for whoever looks into it, never a value."""

    def __init__(self, fault: Fault, where: str = "") -> None:
        self.fault = fault
        self.where = where
        super().__init__(f"{fault.name}: {fault.label.en}" + (f" ({where})" if where else ""))
