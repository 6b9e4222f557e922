"""A worker's proofs on her phone, and the links by which she shows them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from craftpath.credentials.actions.cards import use_card
from craftpath.credentials.actions.changes import reissue, suspend
from craftpath.credentials.actions.issuing import issue
from craftpath.credentials.models import Credential, Share
from tests.apps.city import DAY
from tests.apps.credentials.conftest import Office, office
from tests.apps.web.conftest import Visit, visit_of
from tests.apps.web.counting import Counted

__all__ = ["office"]


@pytest.fixture
def wallet(office: Office) -> tuple[Credential, Credential]:
    """林晓's certificate and her card."""
    (passed,) = office.passed()
    certificate = issue(office.actor("school"), [passed.pk])[0]
    card = issue(office.actor("city"), [office.card_for(office.city.worker).pk])[0]
    return certificate, card


def test_shows_all_of_them_with_a_code_to_scan_and_what_is_pending(
    office: Office, wallet: tuple[Credential, Credential], worker: Visit, counted: Counted
) -> None:
    certificate, card = wallet
    use_card(office.actor("city"), card.number, "medical", note="绿色通道")
    page = counted("wallet", worker, "/me/wallet/").content.decode()
    assert certificate.number in page and card.number in page
    assert page.count("data:image/svg+xml") == 2
    assert "待遇清单未查得" in page and "医疗服务" in page and "绿色通道" in page
    suspend(office.actor("school"), certificate.public_id, why="核实")
    page = worker.text("/me/wallet/")
    assert "暂停使用" in page and "核实" in page and page.count("data:image/svg+xml") == 1
    assert "valid" in worker.in_english().text("/me/wallet/")


def test_keeps_what_was_replaced_apart(
    office: Office, wallet: tuple[Credential, Credential], worker: Visit
) -> None:
    new = reissue(office.actor("school"), wallet[0].public_id, why="遗失")
    page = worker.text("/me/wallet/")
    assert page.index(new.number) < page.index("已被新证代替的") < page.rindex(wallet[0].number)


def test_gives_the_signed_file_to_the_byte_and_the_page(
    office: Office, wallet: tuple[Credential, Credential], worker: Visit
) -> None:
    certificate, _ = wallet
    address = f"/me/wallet/{certificate.public_id}"
    file = worker.get(f"{address}.json")
    assert file.content == certificate.document.encode()
    assert f'filename="{certificate.number}.json"' in file["Content-Disposition"]
    assert file["Cache-Control"] == "no-store"
    assert worker.get(f"{address}.pdf").content.startswith(b"%PDF-")
    somebody = visit_of(office.city, "colleague")
    assert certificate.number not in somebody.text("/me/wallet/")
    for kind in ("json", "pdf"):
        somebody.text(f"{address}.{kind}", 404)
    suspend(office.actor("school"), certificate.public_id, why="核实")
    worker.text(f"{address}.pdf", 409)


def test_makes_a_link_that_is_shown_once_counted_and_taken_back(
    office: Office, wallet: tuple[Credential, Credential], worker: Visit, anybody: Visit
) -> None:
    certificate, card = wallet
    said = {
        "credentials": [str(certificate.public_id)],
        "with_whom": "长安某厂人事",
        "last": (DAY + dt.timedelta(days=7)).isoformat(),
    }
    page = worker.post("/me/wallet/", said).content.decode()
    (path,) = set(re.findall(r'value="https?://[^/]+(/s/[\w-]+)"', page))
    shown = anybody.text(path)
    assert certificate.number in shown and card.number not in shown
    page = worker.text("/me/wallet/")
    assert path not in page and "长安某厂人事" in page and "1 次" in page
    share = Share.objects.get()
    assert share.until == DAY + dt.timedelta(days=8)
    somebody = visit_of(office.city, "colleague")
    assert somebody.post(f"/me/wallet/shares/{share.pk}/withdraw/").status_code == 404
    anybody.text(path)
    worker.post(f"/me/wallet/shares/{share.pk}/withdraw/")
    anybody.text(path, 409)
    assert "已收回" in worker.text("/me/wallet/")


def test_keeps_what_was_typed_where_a_link_cannot_be_made(
    office: Office, wallet: tuple[Credential, Credential], worker: Visit
) -> None:
    response = worker.post("/me/wallet/", {"with_whom": "某厂", "last": "2030-01-01"})
    page = response.content.decode()
    assert response.status_code == 422 and 'value="某厂"' in page and 'value="2030-01-01"' in page
    assert "请选择 1 至 50 份" in page and "一年之内" in page
    other = office.passed(2, slug="second")[1]
    strangers = issue(office.actor("school"), [other.pk])[0]
    said = {"credentials": [str(strangers.public_id)], "with_whom": "某厂", "last": "2025-09-01"}
    assert worker.post("/me/wallet/", said).status_code == 404
    assert not Share.objects.exists()
