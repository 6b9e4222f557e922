"""Account, operator's and auditor's pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from craftpath.access.models import Duty, User
from craftpath.api.models import Token
from craftpath.audit.models import Entry
from tests.apps.city import PASSWORD, City


@pytest.fixture(autouse=True)
def _no_second_factor(settings: object) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "off"  # type: ignore[attr-defined]


def logged_in(city: City, who: str) -> Client:
    client = Client()
    client.force_login(city.user(who), "django.contrib.auth.backends.ModelBackend")
    return client


def test_logs_in_with_a_password(city: City, client: Client) -> None:
    response = client.post("/account/login/", {"login": "worker", "password": PASSWORD})
    assert response.status_code == 302
    assert client.get("/account/").status_code == 200


def test_locks_a_login_after_five_wrong_passwords(city: City, client: Client) -> None:
    for _ in range(5):
        client.post("/account/login/", {"login": "worker", "password": "wrong"})
    response = client.post("/account/login/", {"login": "worker", "password": PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session


def test_offers_no_signing_up(client: Client, db: None) -> None:
    client.post("/account/signup/", {"username": "new", "password1": PASSWORD})
    assert not User.objects.filter(username="new").exists()


def test_lets_nobody_see_an_account_without_logging_in(client: Client, db: None) -> None:
    assert client.get("/account/").headers["Location"].startswith("/account/login/")


def test_acts_under_another_duty_once_it_is_chosen(city: City) -> None:
    hr = Duty.objects.create(
        user=city.user("worker"), role="employer", party=city.works, start="2020-01-01"
    )
    client = logged_in(city, "worker")
    client.post("/account/duty/", {"duty": hr.pk})
    assert "用人单位人事" in client.get("/account/").content.decode()


def test_refuses_to_act_under_somebody_elses_duty(city: City) -> None:
    client = logged_in(city, "worker")
    response = client.post("/account/duty/", {"duty": city.duties["city"].pk})
    assert response.status_code == 404
    assert "duty" not in client.session


def test_tells_a_token_once_and_keeps_only_its_digest(city: City) -> None:
    client = logged_in(city, "hr")
    told = client.post(
        "/account/tokens/", {"make": 1, "name": "ERP", "days": 30, "scopes": ["view.staff"]}
    ).content.decode()
    token = Token.objects.get()
    assert "cp_" in told and token.digest not in told
    assert "cp_" not in client.get("/account/tokens/").content.decode()


def test_gives_a_token_no_more_than_its_maker_may(city: City) -> None:
    client = logged_in(city, "hr")
    form = {"make": 1, "name": "ERP", "days": 30, "scopes": ["view.staff", "draw.run"]}
    assert client.post("/account/tokens/", form).status_code == 422
    assert not Token.objects.exists()


def test_opens_an_account_with_its_duty_and_says_so_in_the_audit(city: City) -> None:
    client = logged_in(city, "operator")
    form = {
        "username": "new-town",
        "name": "虎门经办",
        "password": "long-enough-1",
        "role": "town",
        "region": "441900121",
    }
    assert client.post("/operations/accounts/new/", form).status_code == 302
    assert Duty.objects.get(user__username="new-town").region == "441900121"
    assert [*Entry.objects.values_list("action", flat=True)] == ["account.add", "duty.give"]


def test_opens_nothing_where_the_duty_is_refused(city: City) -> None:
    client = logged_in(city, "operator")
    form = {"username": "new-town", "name": "虎门", "password": "long-enough-1", "role": "town"}
    assert client.post("/operations/accounts/new/", form).status_code == 422
    assert not User.objects.filter(username="new-town").exists()


def test_shows_the_auditor_the_log_and_checks_its_chain(city: City) -> None:
    logged_in(city, "operator").post(
        "/operations/accounts/", {"end": city.duties["expert"].pk, "why": "离任"}
    )
    client = logged_in(city, "auditor")
    assert "离任" in client.get("/audit/?action=duty.").content.decode()
    assert "整条链完好" in client.post("/audit/verify/").content.decode()
    Entry.objects.filter(number=1).update(why="别的")
    assert "第 1 条的内容被改动" in client.post("/audit/verify/").content.decode()


def test_asks_officials_for_a_second_factor_first(city: City, settings: object) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "required"  # type: ignore[attr-defined]
    response = logged_in(city, "auditor").get("/audit/")
    assert response.headers["Location"] == "/account/2fa/totp/activate/"
    assert logged_in(city, "worker").get("/account/").status_code == 200


def test_seals_the_secret_of_a_second_factor(city: City) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(city.user("city"), secret)
    kept = Authenticator.objects.get()
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code("000000") is False  # opened without a fault


def test_ends_a_session_after_its_hours_however_busy(city: City) -> None:
    client = logged_in(city, "worker")
    assert client.get("/account/").status_code == 200
    session = client.session
    session["began"] -= 12 * 3600 + 1
    session.save()
    assert client.get("/account/").headers["Location"] == "/account/login/"
    assert client.get("/account/").headers["Location"].startswith("/account/login/?next=")


def test_writes_nothing_for_a_look_at_a_page(city: City) -> None:
    client = logged_in(city, "worker")
    client.get("/account/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/account/")
    assert [q["sql"] for q in asked if not q["sql"].startswith("SELECT")] == []
