"""What an answer of the check means to whoever holds the paper in their hand."""

from __future__ import annotations

from craftpath.credentials.choices import ANSWERS, Answer
from craftpath.engine.rules import Label

__all__ = ["MEANINGS", "TONES", "VERDICTS"]

#: The one word of the banner, read at arm's length.
VERDICTS: dict[Answer, Label] = {**ANSWERS, Answer.ALTERED: Label("内容不符", "altered")}

MEANINGS: dict[Answer, Label] = {
    Answer.VALID: Label(
        "确由下列单位签发，今天有效。请把下面每一项与纸面逐一对照。",
        "Issued by the body named below, and valid today. Compare every line with the paper.",
    ),
    Answer.EXPIRED: Label(
        "曾经有效，现已过有效期：不能再当作现行凭证。",
        "It was valid once; its days are over, and it proves nothing current.",
    ),
    Answer.SUSPENDED: Label(
        "签发单位已暂停使用，正在核实：恢复之前请勿采信。",
        "The issuer suspended it while it is looked into: do not rely on it until it is resumed.",
    ),
    Answer.REVOKED: Label(
        "已撤销：请勿采信。纸面不会变，以本页为准。",
        "It was revoked: do not rely on it. The paper does not change; this page counts.",
    ),
    Answer.SUPERSEDED: Label(
        "已换发新证，旧证不再使用：请持证人出示新证。",
        "A new one took its place: ask the holder to show that one.",
    ),
    Answer.ALTERED: Label(
        "出示的内容被改动过：请勿采信。",
        "What was shown has been altered: do not rely on it.",
    ),
    Answer.UNKNOWN: Label(
        "本站没有查到：可能输错，可能由别的系统签发，也可能是假证。核实之前请勿采信。",
        "Not found here: mistyped, issued elsewhere, or a forgery. Do not rely on it until that is "
        "settled.",
    ),
}

#: The colour of the banner; its word says the same.
TONES: dict[Answer, str] = {
    Answer.VALID: "good",
    Answer.EXPIRED: "wait",
    Answer.SUSPENDED: "wait",
    Answer.REVOKED: "bad",
    Answer.SUPERSEDED: "wait",
    Answer.ALTERED: "bad",
    Answer.UNKNOWN: "bad",
}
