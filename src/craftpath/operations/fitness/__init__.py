"""What of this site is not fit for the public: each with what was found, why it matters, the mend.

    look()            everything, for `craftpath check`
    refused(host)     what `craftpath serve` does not start with

A check is a function without arguments that returns a Finding, or None where there is nothing to
say of this site. To add one: write it in the room that it belongs to (`door`, `keys`, `keeping`,
`running`) and name it below. No finding names a person, a login or a key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.db import DatabaseError

from craftpath.credentials.fit_address import is_loopback
from craftpath.engine.rules import Label
from craftpath.operations.fitness import door, keeping, keys, running
from craftpath.operations.fitness.nouns import Finding, Severity, mend

__all__ = ["CHECKS", "OF_TABLES", "REFUSED", "Finding", "Severity", "is_public", "look", "refused"]

Check = Callable[[], Finding | None]

CHECKS: tuple[Check, ...] = (
    door.hosts,
    door.https,
    door.debug,
    door.pretended_day,
    door.second_factor,
    door.oidc,
    door.limits,
    keys.strong,
    keys.private,
    keys.apart,
    keeping.folder_is_private,
    keeping.database_is_private,
    keeping.database_over_network,
    keeping.folder_is_writable,
    keeping.disk,
    keeping.backup_made,
    keeping.backup_proved,
    keeping.audit_verified,
    running.not_root,
    running.worker,
    running.kernels,
    running.static_files,
    running.clock,
    running.log,
    running.framework,
)
#: Only where the database is there and up to date.
OF_TABLES: tuple[Check, ...] = (
    door.address,
    door.issued_elsewhere,
    door.without_factor,
    door.sample_city,
    door.sample_passwords,
    keeping.lost_files,
    running.failed_tasks,
    running.clock_runs_forward,
)
#: Of a site that others can reach, `serve` starts with none of these dangers.
REFUSED: tuple[Check, ...] = (
    door.address_to_serve,
    door.debug,
    door.pretended_day,
    door.second_factor,
    door.sample_city,
    keys.strong,
    keys.private,
)


def look() -> list[Finding]:
    """Everything, what is worst first."""
    tables = keeping.database()
    found = [tables, *_asked(CHECKS)]
    if tables.severity == Severity.FINE:
        found += _asked(OF_TABLES)
    return sorted(found, key=lambda one: list(Severity).index(one.severity))


def refused(host: str) -> list[Finding]:
    """The dangers with which a site that listens at `host` is not served; of one that nobody but
    this machine can reach, none."""
    if not is_public(host):
        return []
    return [one for one in _asked(REFUSED) if one.severity == Severity.DANGER]


def is_public(host: str) -> bool:
    """Whether anybody but this machine can reach the site: by where it listens, or by its names."""
    return not all(is_loopback(name) for name in (host, *settings.ALLOWED_HOSTS))


def _asked(checks: Sequence[Check]) -> list[Finding]:
    found = []
    for check in checks:
        try:
            said = check()
        except (OSError, DatabaseError) as trouble:
            said = _not_looked_at(check, trouble)
        if said is not None:
            found.append(said)
    return found


def _not_looked_at(check: Check, trouble: Exception) -> Finding:
    name = check.__name__.replace("_", " ")
    return mend(
        Label(f"没能检查“{name}”：{trouble}", f"“{name}” could not be looked at: {trouble}"),
        Label("不知道的，不能当作没有问题。", "What is not known is not known to be well."),
        Label(
            "请以服务的用户和环境运行 craftpath check。",
            "Run craftpath check as the services are run: their user, their environment.",
        ),
    )
