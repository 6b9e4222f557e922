"""The city stands at another address than that at which it was made: what it issued is made anew.

On a real site that cannot be: paper is out there. Of the city nobody holds any, and a QR code that
leads to a port where nothing answers would be wrong (decision 0027).
"""

from __future__ import annotations

from craftpath.access.act import act
from craftpath.access.roles import SYSTEM
from craftpath.credentials.actions.issuing import sign_pending
from craftpath.credentials.actions.printing import work_on
from craftpath.credentials.addresses import site
from craftpath.credentials.choices import Phase
from craftpath.credentials.models import Credential, Issuer, PrintRun, StatusList
from craftpath.uploads import let_go

__all__ = ["move_city"]


def move_city() -> bool:
    """Sign and print everything under the site's present address. Whether there was need to."""
    here = site()
    if not Issuer.objects.exclude(site=here).exists():
        return False
    with act(SYSTEM, "credential.issue", told_as="demo.move", to=here):
        Issuer.objects.update(site=here)
        Credential.objects.update(document="", token="")
        StatusList.objects.update(document="", made_at=None)
        printed = list(PrintRun.objects.filter(phase=Phase.PRINTED))
        for run in printed:
            let_go(run, "file")
        PrintRun.objects.filter(phase=Phase.PRINTED).update(phase=Phase.PRINTING)
    sign_pending()
    for run in printed:
        work_on(run.pk)
    return True
