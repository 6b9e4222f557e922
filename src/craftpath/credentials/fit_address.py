"""Whether the site's address may stand in what lasts: in certificates, QR codes and lists of keys.

Paper is read for decades, and by strangers. An address that only this machine can open, or that is
not the site's own, would be on it for ever; so nothing is registered, issued, signed or printed
under one. A demonstration alone may carry its own machine's (decision 0027).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.http.request import validate_host

from craftpath.access.demonstration import declared
from craftpath.access.errors import Conflict
from craftpath.credentials.addresses import site
from craftpath.credentials.models import Issuer
from craftpath.engine.rules import Label

__all__ = [
    "is_demonstration",
    "is_loopback",
    "require_fit_address",
    "settle",
    "wrong_by_itself",
    "wrong_here",
    "wrong_on_these_hosts",
    "wrong_with",
]

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?P<port>:[0-9]{1,5})?"
)
#: Names that are nobody's, or that each network has its own of (RFC 2606, 6761, 6762, 8375).
_EXAMPLES = ("example", "example.com", "example.org", "example.net", "test", "invalid")
_INSIDE = ("localhost", "local", "internal", "home.arpa", "localdomain", "lan")


def require_fit_address() -> None:
    """Conflict: nothing may be issued under the address that the site has now."""
    why = wrong_here()
    if why is not None:
        raise Conflict(
            f"现在不能签发、打印和分享：{why.zh}"
            "请系统管理员设好 CRAFTPATH_SITE 并重启，再用 craftpath check 核对。",
            f"Nothing is issued, printed or shared now: {why.en} The operator sets CRAFTPATH_SITE, "
            "restarts, and looks with craftpath check.",
        )


def settle(issuers: Iterable[Issuer]) -> None:
    """Their address is that of the site from now on, where they had none that binds. Called in the
    transaction that makes something under it, after `require_fit_address`."""
    here = site()
    for issuer in issuers:
        if issuer.site != here:
            issuer.site = here
            issuer.save(update_fields=["site"])


def wrong_here() -> Label | None:
    """What is wrong with the address of this site as it is set now; None: it is fit."""
    address = site()
    return wrong_with(address, settings.ALLOWED_HOSTS, is_demonstration()) or _moved(address)


def wrong_on_these_hosts() -> Label | None:
    """What would keep the site from being served at all. One whose names are all of an inner
    network is served under its own, and one whose issuers have another address is served under the
    new: neither issues anything."""
    address, hosts = site(), settings.ALLOWED_HOSTS
    names = [_host(address), *hosts]
    inner = not {"", "*"} & set(names) and all(_is_inside(name) for name in names)
    if inner:
        return _not_among(address, hosts)
    return wrong_with(address, hosts, is_demonstration())


def is_demonstration() -> bool:
    return bool(declared(Path(settings.CRAFTPATH_HOME)))


def wrong_with(address: str, hosts: Sequence[str], demonstration: bool) -> Label | None:
    """What is wrong with an address of a site that answers to these hosts."""
    if not (demonstration and _is_of_this_machine(address)):
        why = wrong_by_itself(address)
        if why is not None:
            return why
    return _not_among(address, hosts)


def _not_among(address: str, hosts: Sequence[str]) -> Label | None:
    if validate_host(_host(address), hosts):
        return None
    return Label(
        f"本站网址 {address} 的主机名不在 CRAFTPATH_HOSTS（{','.join(hosts)}）之中。",
        f"the site's address is {address}, whose host is not in CRAFTPATH_HOSTS "
        f"({','.join(hosts)}).",
    )


def wrong_by_itself(address: str) -> Label | None:
    """What is wrong with an address wherever it is used."""
    read = _ADDRESS.fullmatch(address)
    if read is None:
        return Label(
            "CRAFTPATH_SITE 应写成 https://名称 的样子，小写，不带路径、参数和用户名。",
            "CRAFTPATH_SITE is to be written as https://NAME: lower case, without a path, a query "
            "or a user.",
        )
    host = read["host"]
    if _ends_in(host, _EXAMPLES):
        return Label(
            f"本站网址 {address} 还是示例，不属于任何人。",
            f"the site's address is still an example, {address}, which is nobody's.",
        )
    if _is_inside(host):
        return Label(
            f"本站网址是 {address}，只有本机或内部网络打得开，而证书会永远带着它。",
            f"the site's address is {address}, which only this machine or its own network can "
            "open, and certificates would carry it for ever.",
        )
    if read["scheme"] == "http":
        return Label(
            f"本站网址 {address} 不是 https，而核验软件只走 https。",
            f"the site's address is {address}; software that verifies asks by https only.",
        )
    return None


def _moved(address: str) -> Label | None:
    """Issuers have the address of their first day in their names. One that nobody outside could
    ever open binds nobody, but in a demonstration, which is moved as a whole."""
    before = Issuer.objects.exclude(site__in=["", address]).order_by("pk")
    for old in before.values_list("site", flat=True).distinct():
        if is_demonstration():
            return Label(
                f"样本城市是在 {old} 建的，现在的网址是 {address}；"
                "请用 craftpath demo --port 端口 启动，它会把证书按新网址重签。",
                f"the sample city was made at {old}, and the address is {address} now; start it "
                "with craftpath demo --port PORT, which signs its certificates anew.",
            )
        if wrong_by_itself(old) is None:
            return Label(
                f"签发机构是在 {old} 登记的，现在的网址是 {address}；请改回 CRAFTPATH_SITE={old}。",
                f"issuers were registered under {old}, and the address is {address} now; set "
                f"CRAFTPATH_SITE={old} again.",
            )
    return None


def _is_of_this_machine(address: str) -> bool:
    return _ADDRESS.fullmatch(address) is not None and is_loopback(_host(address))


def _host(address: str) -> str:
    read = _ADDRESS.fullmatch(address)
    return "" if read is None else read["host"]


def is_loopback(host: str) -> bool:
    """Whether a host's name, or an address to listen at, is this machine's alone."""
    if _ends_in(host, ("localhost",)):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." not in host.strip(".") or _ends_in(host, _INSIDE)


def _ends_in(host: str, names: Sequence[str]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
