"""The sample city, small: every stage is there, and it all came about by the actions."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.test import Client
from pypdf import PdfReader
from stdnum.cn import ric, uscc

from craftpath import library
from craftpath.access.errors import Conflict
from craftpath.access.models import Duty
from craftpath.access.roles import Role
from craftpath.assessment.choices import Stage as SittingStage
from craftpath.assessment.models import Appeal, Sitting
from craftpath.assessment.queries import mark_lines
from craftpath.audit.chain import verify
from craftpath.cli.main import main
from craftpath.credentials.fit_address import wrong_here
from craftpath.credentials.models import Credential, PrintRun, Share
from craftpath.credentials.paper import pdf_of
from craftpath.credentials.verification import check_code
from craftpath.demo_city.cast import PASSWORD, told_accounts
from craftpath.demo_city.make import made_on, make_city
from craftpath.demo_city.moving import move_city
from craftpath.demo_city.naming import NOWHERE
from craftpath.eligibility.kept import pack_of
from craftpath.operations.snapshot import write_snapshot
from craftpath.programmes.choices import Place, Stage, State
from craftpath.programmes.models import Application, Draw, Objection, Override, Programme
from craftpath.registry.identity import birth_and_sex, open_number
from craftpath.registry.models import Batch, Identifier, Message, Party, Record
from craftpath.uploads import lost

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

DAY = dt.date(2026, 11, 25)
PEOPLE = 120


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The city once for all tests of this file, gone when they are over."""
    from django.db import transaction

    before = settings.CRAFTPATH_TODAY
    settings.CRAFTPATH_TODAY = DAY
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            yield make_city(PEOPLE, seed=1)
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)
            settings.CRAFTPATH_TODAY = before


def seen() -> list[Any]:
    """What of a city has to be the same for the same seed: all but seals and lots."""
    return [
        list(Party.objects.order_by("pk").values_list("pk", "name", "name_en", "region")),
        list(Record.objects.order_by("pk").values_list("party", "kind", "subject", "start", "end")),
        list(Identifier.objects.order_by("pk").values_list("party", "masked", "digest")),
        list(
            Application.objects.exclude(programme__way="lottery")
            .order_by("pk")
            .values_list("serial", "party", "focus", "state", "place")
        ),
    ]


def test_has_a_programme_at_every_stage(made: Any) -> None:
    stages = Counter(Programme.objects.values_list("stage", flat=True))
    assert set(stages) == {stage.value for stage in Stage}
    published = Programme.objects.filter(stage=Stage.PUBLISHED)
    assert published.filter(opens__gt=DAY).exists()
    assert published.filter(closes__lte=DAY).exists()
    open_now = published.filter(opens__lte=DAY, closes__gt=DAY)
    assert {"first-come", "lottery", "ranked", "open"} <= set(
        open_now.values_list("way", flat=True)
    )
    assert Programme.objects.count() >= 12


def test_has_applications_in_every_state_and_on_the_waiting_list(made: Any) -> None:
    assert set(Application.objects.values_list("state", flat=True)) == {s.value for s in State}
    assert Application.objects.filter(place=Place.WAITING).exists()
    assert Override.objects.filter(agreed=None).exists()
    assert Override.objects.filter(agreed=True).exists()
    assert Objection.objects.filter(upheld=None).exists()
    assert Message.objects.exists()
    assert Application.objects.filter(outcome__isnull=False).exists()


def test_has_a_commitment_published_and_a_draw_that_verifies(made: Any, tmp_path: Path) -> None:
    waiting = Draw.objects.get(programme__slug="training-route-visit")
    assert waiting.commitment and not waiting.document
    drawn = Draw.objects.get(programme__slug="robotics-lottery")
    (tmp_path / "draw.json").write_text(drawn.document, encoding="utf-8")
    told = CliRunner().invoke(
        main,
        ["draw", "verify", str(tmp_path / "draw.json"), "--commitment", drawn.commitment],
    )
    assert told.exit_code == 0, told.output


def test_has_a_sitting_at_every_stage_with_a_fail_and_a_resit(made: Any) -> None:
    assert set(Sitting.objects.values_list("stage", flat=True)) == {s.value for s in SittingStage}
    failed = Application.objects.get(programme__slug="electrician-4-autumn", outcome=None)
    again = Application.objects.get(programme__slug="electrician-4-winter", party=failed.party)
    assert list(again.seats.values_list("part", flat=True)) == ["skill"]
    assert Appeal.objects.filter(upheld=None).count() == 1
    lines = mark_lines(made.actor("assessor3"), "electrician-3-november")
    assert [line.application.serial[-6:] for line in lines if line.differs] == ["000001"]


def test_has_certificates_and_cards_and_what_became_of_them(made: Any) -> None:
    assert set(Credential.objects.values_list("standing", flat=True)) == {
        "issued", "suspended", "revoked", "superseded",
    }  # fmt: skip
    assert not Credential.objects.filter(document="").exists()
    assert set(Credential.objects.values_list("sort", flat=True)) == {"certificate", "card"}
    run = PrintRun.objects.get()
    assert (run.phase, run.pages) == ("printed", run.wanted)
    wallet = Credential.objects.filter(holder=made.worker)
    assert wallet.filter(sort="card").exists()
    assert list(Share.objects.get().credentials.order_by("pk")) == list(wallet.order_by("pk"))
    one = wallet.filter(standing="issued").first()
    assert one is not None
    assert check_code(one.token).answer == "valid"


def test_brought_one_sheet_in_and_has_one_to_correct(made: Any) -> None:
    states = Counter(Batch.objects.values_list("state", flat=True))
    assert states == {"committed": 1, "checked": 1}
    assert Batch.objects.get(state="checked").bad == 4


def test_names_no_file_that_is_gone(made: Any) -> None:
    assert [str(one) for one in lost()] == []
    assert Batch.objects.exclude(file="").exists() and PrintRun.objects.exclude(file="").exists()


def test_has_an_audit_that_is_whole(made: Any) -> None:
    assert list(verify()) == []


def test_gives_nobody_a_number_that_could_be_somebodys(made: Any) -> None:
    for identifier in Identifier.objects.exclude(scheme="passport"):
        number = open_number(identifier)
        place = number[:6] if identifier.scheme == "ric" else number[2:8]
        assert place == NOWHERE
        if identifier.scheme == "uscc":
            assert uscc.is_valid(number)
            continue
        assert ric.calc_check_digit(number) == number[-1]
        born = Record.objects.filter(party=identifier.party_id, kind="birth").first()
        sex = Record.objects.filter(party=identifier.party_id, kind="sex").first()
        told = birth_and_sex(number)
        assert told is not None and born is not None and told[0] == born.start
        assert sex is None or sex.subject == told[1]


def test_lets_every_role_log_in(made: Any, settings: Any) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "off"
    roles = set(Duty.objects.values_list("role", flat=True))
    assert roles == {role.value for role in Role if role not in (Role.PUBLIC, Role.SYSTEM)}
    for duty in Duty.objects.select_related("user"):
        client = Client()
        assert client.login(username=duty.user.username, password=PASSWORD)
        assert client.get("/", follow=True).status_code == 200
    assert len(told_accounts()) == Duty.objects.count()


def test_gives_a_snapshot_that_is_decided(made: Any, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "city.parquet")

    told = library.decide(pq.read_table(tmp_path / "city.parquet"), pack_of("guangdong"), DAY)

    assert told.num_rows > PEOPLE


@pytest.mark.thorough
def test_is_the_same_for_the_same_seed(made: Any) -> None:
    from django.db import transaction

    first = seen()
    with transaction.atomic():
        _empty()
        make_city(PEOPLE, seed=1)
        again = seen()
        transaction.set_rollback(True)

    # Numbers of rows go on from those before; what they say does not.
    assert [row[1:] for row in again[0]] == [row[1:] for row in first[0]]
    assert [row[1:] for row in again[1]] == [row[1:] for row in first[1]]
    assert [row[1:] for row in again[2]] == [row[1:] for row in first[2]]
    assert [row[2:] for row in again[3]] == [row[2:] for row in first[3]]


def test_moves_with_its_certificates_to_another_port(made: Any, settings: Any) -> None:
    from django.db import transaction

    settings.CRAFTPATH_SITE = "http://127.0.0.1:8123"
    with transaction.atomic():
        assert wrong_here() is not None
        assert move_city()
        assert wrong_here() is None
        assert not Credential.objects.exclude(document__contains="127.0.0.1:8123").exists()
        assert not Credential.objects.filter(document__contains="127.0.0.1:8000").exists()
        one = Credential.objects.filter(standing="issued").first()
        assert one is not None
        said = PdfReader(io.BytesIO(pdf_of(one))).pages[0].extract_text()
        assert "127.0.0.1:8123" in said and "127.0.0.1:8000" not in said
        run = PrintRun.objects.get()  # in so small a city nothing of it stands any more
        assert (run.phase, run.file.name) == ("stopped", "")
        assert "nothing to print" in run.problem_en
        assert not move_city()
        assert list(verify()) == []
        transaction.set_rollback(True)


def test_leaves_other_data_alone(made: Any) -> None:
    with pytest.raises(Conflict):
        make_city(60)
    assert made_on() is not None


def _empty() -> None:
    from django.apps import apps
    from django.db import connection

    # In whatever order: foreign keys are looked at when a transaction ends, and this never does.
    with connection.cursor() as cursor:
        for label in ("assessment", "credentials", "programmes", "registry", "access", "audit"):
            for model in apps.get_app_config(label).get_models():
                cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
