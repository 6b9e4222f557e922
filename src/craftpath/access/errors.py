"""Why something is refused, in both languages, with what to do about it.

Refusal          whatever is refused; `label` says why, `status` is the HTTP status
├── NotAllowed   403: this duty may not do that at all
├── NotThere     404: it does not exist, or is not yours to see; the two look the same
├── Invalid      422: what was entered cannot be used; `problems` by field
├── Conflict     409: it cannot be done in the state that things are in
├── TooMuch      413: larger than is taken
└── TooOften     429: asked more often than is answered; `wait` seconds until it is again
"""

from __future__ import annotations

from collections.abc import Mapping

from craftpath.engine.rules import Label

__all__ = ["Conflict", "Invalid", "NotAllowed", "NotThere", "Refusal", "TooMuch", "TooOften"]


class Refusal(Exception):
    status = 400

    def __init__(self, zh: str, en: str) -> None:
        self.label = Label(zh, en)
        super().__init__(en)


class NotAllowed(Refusal):
    status = 403

    def __init__(
        self, zh: str = "您当前的身份不能办理此事。", en: str = "Your present duty may not do this."
    ) -> None:
        super().__init__(zh, en)


class NotThere(Refusal):
    status = 404

    def __init__(
        self,
        zh: str = "没有找到，或不在您的办理范围内。",
        en: str = "Not found, or not within your scope.",
    ) -> None:
        super().__init__(zh, en)


class Invalid(Refusal):
    """`problems`: for each field, what is wrong and how to mend it; "" is the whole form."""

    status = 422

    def __init__(self, problems: Mapping[str, Label]) -> None:
        self.problems = dict(problems)
        first = next(iter(self.problems.values()), Label("内容有误。", "Something is wrong."))
        super().__init__(
            "；".join(p.zh.rstrip("。") for p in self.problems.values()) or first.zh,
            "; ".join(p.en.rstrip(".") for p in self.problems.values()) or first.en,
        )


class Conflict(Refusal):
    status = 409


class TooMuch(Refusal):
    status = 413


class TooOften(Refusal):
    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(
            f"请求过于频繁，请 {wait} 秒后再试。",
            f"Too many requests; try again in {wait} seconds.",
        )
        self.wait = wait
