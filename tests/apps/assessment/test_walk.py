"""A sitting from its plan to its archive."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zipfile
from io import BytesIO

from craftpath.access.roles import Actor, Role
from craftpath.assessment.actions.appeals import answer_appeal, raise_appeal
from craftpath.assessment.actions.archives import archive, open_archive
from craftpath.assessment.actions.results import Published, publish
from craftpath.assessment.queries import own_sittings
from craftpath.audit.chain import verify
from craftpath.programmes.models import Application
from tests.apps.assessment.hall import TODAY, Hall, rolled, typed


def test_goes_from_plan_to_archive(hall: Hall, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    passed, failed, absent, lowest = rolled(hall)
    rows = [(one.serial, part, 80) for one in (passed, absent) for part in ("theory", "skill")]
    rows += [(failed.serial, "theory", 91), (failed.serial, "skill", "59.9")]
    rows += [(lowest.serial, "theory", 60), (lowest.serial, "skill", 60)]
    typed(hall, "welders-3", rows)

    assert publish(hall.clerk, "welders-3") == Published(3, 1, 0, 3)

    assert Application.objects.get(pk=failed.pk).outcome is None
    certificate = Application.objects.get(pk=lowest.pk).outcome
    assert certificate is not None
    assert (certificate.kind, certificate.level, certificate.other_id) == (
        "certificate",
        4,
        hall.body.pk,
    )
    own = Actor(None, "考生", Role.WORKER, party=failed.party_id)
    mine = own_sittings(own)[0]
    assert [str(one.mark.value) for one in mine.parts] == ["91.0", "59.9"]
    appeal = raise_appeal(own, failed.serial, part="skill", text="漏加一题")
    found = answer_appeal(hall.third, appeal.pk, upheld=True, answer="漏加 2 分", mark="61.9")
    assert found.written is not None
    settings.CRAFTPATH_TODAY = TODAY + dt.timedelta(days=6)
    put = archive(hall.clerk, "welders-3")
    content = open_archive(hall.clerk, "welders-3")
    assert hashlib.sha256(content).hexdigest() == put.archive
    told = json.loads(zipfile.ZipFile(BytesIO(content)).read("sitting.json"))
    assert len(told["marks"]) == 9
    assert list(verify()) == []
