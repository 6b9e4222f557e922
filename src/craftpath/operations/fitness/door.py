"""The address, who gets in, and how."""

from __future__ import annotations

import os

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import check_password

from craftpath.access.actions.accounts import running_duties
from craftpath.access.demonstration import MARK, NAMES, PASSWORD
from craftpath.access.models import User
from craftpath.access.second_factor import GUARDED
from craftpath.audit.models import Entry
from craftpath.credentials.addresses import site
from craftpath.credentials.choices import FINAL
from craftpath.credentials.fit_address import (
    is_loopback,
    wrong_by_itself,
    wrong_here,
    wrong_on_these_hosts,
)
from craftpath.credentials.models import Credential
from craftpath.engine.rules import Label
from craftpath.operations.fitness.nouns import Finding, danger, fine, mend

__all__ = [
    "address",
    "address_to_serve",
    "debug",
    "hosts",
    "https",
    "issued_elsewhere",
    "limits",
    "oidc",
    "pretended_day",
    "sample_city",
    "sample_passwords",
    "second_factor",
    "without_factor",
]

_ENVIRONMENT = "/etc/craftpath/craftpath.env"


def address() -> Finding:
    """A demonstration's own is fit for it, and not for the public."""
    return _address(wrong_here() or wrong_by_itself(site()))


def address_to_serve() -> Finding:
    """An office in its own network may be served under its inner name; it issues nothing."""
    return _address(wrong_on_these_hosts())


def _address(why: Label | None) -> Finding:
    if why is None:
        return fine(f"网址：{site()}", f"the address is {site()}")
    return danger(
        Label(f"网址不当：{why.zh}", f"the address is not fit: {why.en}"),
        Label(
            "它写进每一张证书、二维码和密钥清单，改不了；所以现在不能签发。",
            "It stands in every certificate, QR code and list of keys for good; so nothing is "
            "issued now.",
        ),
        Label(
            f"在 {_ENVIRONMENT} 里写 CRAFTPATH_SITE=https://公众访问的名称，该名称也列入 "
            "CRAFTPATH_HOSTS，然后重启。",
            f"Set CRAFTPATH_SITE=https://NAME, the name by which the public reaches the site, in "
            f"{_ENVIRONMENT}, the same name in CRAFTPATH_HOSTS, and restart.",
        ),
    )


def issued_elsewhere() -> Finding | None:
    ours = f'"id": "{site()}/credentials/'
    signed = Credential.objects.exclude(document="").exclude(standing__in=FINAL)
    count = signed.exclude(document__contains=ours).count()
    if not count:
        return None
    return mend(
        Label(
            f"有 {count} 份证书写着别的网址",
            f"{count} certificates carry another address than the site's",
        ),
        Label("其二维码打不开本站。", "Their QR codes do not lead here."),
        Label("网址设好以后，逐份补发。", "Once the address is right, replace each of them."),
    )


def hosts() -> Finding:
    names = [name.strip() for name in settings.ALLOWED_HOSTS]
    if "*" in names:
        return danger(
            Label("CRAFTPATH_HOSTS 含 *", "CRAFTPATH_HOSTS has *"),
            Label(
                "任何主机名都被接受，链接和跳转可被引到别处。",
                "Any name is answered, so that links and redirects can be turned elsewhere.",
            ),
            Label("写明本站的名称，用逗号分隔。", "Name the site's own hosts, by commas."),
        )
    if all(is_loopback(name) for name in names):
        return mend(
            Label("只有本机能打开", "it answers to this machine alone"),
            Label("公众来的请求都会得到 400。", "Whoever comes from outside is told 400."),
            Label(
                f"在 {_ENVIRONMENT} 里设 CRAFTPATH_HOSTS=公众访问的名称。",
                f"Set CRAFTPATH_HOSTS=NAME in {_ENVIRONMENT}.",
            ),
        )
    return fine(f"主机名：{','.join(names)}", f"it answers to {','.join(names)}")


def https() -> Finding:
    if settings.SECURE_SSL_REDIRECT:
        return fine("只走 HTTPS", "HTTPS only")
    return danger(
        Label("没有开启 HTTPS", "HTTPS is off"),
        Label(
            "登录和证件号码会以明文经过网络，会话可被偷走。",
            "Logins and identity numbers cross the network in the clear; sessions can be stolen.",
        ),
        Label(
            "把 TLS 交给 nginx（deploy/nginx.conf），并设 CRAFTPATH_HTTPS=1。",
            "Let nginx hold the certificate (deploy/nginx.conf) and set CRAFTPATH_HTTPS=1.",
        ),
    )


def debug() -> Finding:
    if not settings.DEBUG:
        return fine("出错时不泄露内部情况", "error pages tell nothing of the inside")
    return danger(
        Label("CRAFTPATH_DEBUG=1", "CRAFTPATH_DEBUG=1"),
        Label(
            "出错的页面会把设置、变量和数据给任何人看。",
            "A page that fails shows settings, variables and data to anybody.",
        ),
        Label("删去这一行并重启。", "Take the line out and restart."),
    )


def pretended_day() -> Finding | None:
    day = settings.CRAFTPATH_TODAY
    if day is None:
        return None
    return danger(
        Label(f"今天被定为 {day}（CRAFTPATH_TODAY）", f"today is pretended to be {day}"),
        Label(
            "受理期限、证书日期和审计都会错。",
            "Windows, the days on certificates and what is decided are all of another day.",
        ),
        Label("删去 CRAFTPATH_TODAY 并重启。", "Take CRAFTPATH_TODAY out and restart."),
    )


def second_factor() -> Finding:
    if settings.CRAFTPATH_SECOND_FACTOR == "required":
        return fine(
            "经办、审计和管理人员须用第二因素",
            "officials, auditors and operators need a second factor",
        )
    return danger(
        Label("没有要求第二因素", "no second factor is asked for"),
        Label(
            "偷到一个经办人员的密码，就能改动资金和名额。",
            "Whoever steals one official's password moves money and places.",
        ),
        Label(
            "删去 CRAFTPATH_SECOND_FACTOR=off 并重启。",
            "Take CRAFTPATH_SECOND_FACTOR=off out and restart.",
        ),
    )


def without_factor() -> Finding | None:
    guarded = running_duties().filter(role__in=GUARDED, user__is_active=True)
    shown = Authenticator.objects.filter(
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    )
    count = guarded.exclude(user__in=shown.values("user")).values("user").distinct().count()
    if not count:
        return None
    return mend(
        Label(
            f"{count} 个经办、审计或管理账号还没有第二因素",
            f"{count} logins of officials, auditors or operators have no second factor yet",
        ),
        Label(
            "首次登录时才设置；在那之前，谁有密码谁就能设。",
            "It is set up at the first login; until then whoever has the password can set it up.",
        ),
        Label(
            "请他们现在登录；不用的账号用 craftpath account end 停用。",
            "Have them log in now; close those that nobody uses: craftpath account end.",
        ),
    )


def sample_city() -> Finding | None:
    if not Entry.objects.filter(action=MARK).exists():
        return None
    return danger(
        Label("数据库里是样本城市", "the database is that of a sample city"),
        Label(
            "每个账号的密码都是公开的，城里没有真人。",
            "The password of every login is printed for all to see, and nobody in it exists.",
        ),
        Label(
            "另用一个空的数据文件夹和数据库。", "Take another data folder and an empty database."
        ),
    )


def sample_passwords() -> Finding | None:
    """Only of the names that the demo uses: each costs the time of a login."""
    users = User.objects.filter(username__in=NAMES, is_active=True)
    count = sum(check_password(PASSWORD, user.password) for user in users)
    if not count:
        return None
    return danger(
        Label(
            f"{count} 个账号用着样本城市的密码", f"{count} logins have the sample city's password"
        ),
        Label("这个密码是公开的。", "It is printed for all to see."),
        Label(
            "craftpath account password 或 craftpath account end。",
            "craftpath account password, or craftpath account end.",
        ),
    )


def oidc() -> Finding | None:
    names = [f"CRAFTPATH_OIDC_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    given = [name for name in names if os.environ.get(name)]
    if not given:
        return None
    lacking = [name for name in names if name not in given]
    if lacking:
        said = "、".join(lacking)
        return mend(
            Label(f"OIDC 只配了一半，缺 {said}", f"OIDC is half configured: {', '.join(lacking)}"),
            Label("登录页上没有这个入口。", "The page of the login does not offer it."),
            Label("补齐，或全部删去。", "Set what lacks, or take all of it out."),
        )
    if not os.environ["CRAFTPATH_OIDC_ISSUER"].startswith("https://"):
        return danger(
            Label("OIDC 的地址不是 https", "the OIDC provider is not asked by https"),
            Label("谁都能在途中冒充登录的人。", "Anybody on the way can log in as anybody."),
            Label("改用 https 的地址。", "Name its https address."),
        )
    return fine("OIDC 已配置", "OIDC is configured")


def limits() -> Finding:
    names = (
        "CRAFTPATH_CHECKS_PER_MINUTE",
        "CRAFTPATH_API_TOKEN_PER_MINUTE",
        "CRAFTPATH_API_ADDRESS_PER_MINUTE",
    )
    off = [name for name in names if not getattr(settings, name)]
    if not off:
        return fine("核验与接口都有次数限制", "checks and the interface have their limits")
    return mend(
        Label(f"没有次数限制：{'、'.join(off)}", f"there is no limit: {', '.join(off)}"),
        Label(
            "一台机器就能逐号试完证书，或占满本站。",
            "One machine can try every number, or keep the site busy.",
        ),
        Label("删去等于 0 的行。", "Take out the lines that say 0."),
    )
