"""The wizard of imports and the desk of duplicates in a browser, on a phone and at a desk."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from craftpath.programmes.models import Application
from craftpath.registry.actions.imports import check_batch, upload
from craftpath.registry.models import Batch, Party, Record
from tests.apps.city import CHANGAN, PASSWORD, WELDER, City, build_city
from tests.apps.programmes.conftest import make_programme
from tests.apps.registry.sheets import person_number, staff_rows, xlsx
from tests.browser.conftest import faults

pytestmark = pytest.mark.slow
#: A folder for pictures of each step, to be looked at; none by default.
PICTURES = os.environ.get("CRAFTPATH_PICTURES")


@pytest.fixture
def city(transactional_db: None, settings: object) -> City:
    settings.CRAFTPATH_SECOND_FACTOR = "off"  # type: ignore[attr-defined]
    return build_city()


@pytest.fixture(params=["desk", "phone"])
def screen(request: pytest.FixtureRequest) -> Page:
    found: Page = request.getfixturevalue("page" if request.param == "desk" else "phone")
    return found


def log_in(page: Page, username: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "login" not in url)


def look(page: Page, name: str) -> None:
    """No serious fault, nothing wider than the screen; and a picture where one is asked for."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if PICTURES:
        width = (page.viewport_size or {}).get("width")
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


def staff_file(folder: Path) -> Path:
    rows = [
        *staff_rows(12),
        ["甲乙", person_number(1), "焊接大师", "2019-07-01", "", "长安镇"],
        ["丙丁", "44190019900307000X", "焊工", "19-7-1", "", "朝阳区"],
    ]
    path = folder / "花名册.xlsx"
    path.write_bytes(xlsx(rows))
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_brings_a_sheet_in_and_takes_it_back(
    city: City, screen: Page, tmp_path: Path, language: str
):
    log_in(screen, "hr")
    if language == "en":
        screen.click("button[value=en]")
    screen.goto("/imports/")
    look(screen, f"imports-empty-{language}")
    screen.goto("/imports/new/staff/")
    screen.click("details summary")
    look(screen, f"import-new-{language}")
    screen.set_input_files("input[type=file]", staff_file(tmp_path))
    screen.click("form[enctype] button")
    screen.wait_for_url("**/imports/*/")
    look(screen, f"import-checked-{language}")
    with screen.expect_download() as got:
        screen.click("a[href$='rejects.xlsx']")
    assert got.value.path().read_bytes().startswith(b"PK")
    screen.click("form[action$='commit/'] button")
    screen.wait_for_selector("form[action$='undo/']", state="attached")
    assert Record.objects.filter(kind="employment", batch__isnull=False).count() == 12
    screen.click("details summary")
    look(screen, f"import-committed-{language}")
    screen.fill("#why", "传错了文件")
    screen.click("button.danger")
    screen.wait_for_load_state()
    look(screen, f"import-undone-{language}")
    assert not Record.objects.filter(batch__isnull=False, known_until=None).exists()
    screen.goto("/imports/")
    look(screen, f"imports-{language}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_merges_two_who_are_one(city: City, screen: Page, language: str):
    """With two births and two applications to one course: of each it is asked which stands."""
    twice = Party.objects.create(nature="person", name="林晓", region=CHANGAN)
    born = dt.date(1992, 5, 2)
    Record.objects.create(
        party=twice, kind="birth", start=born, status="verified", known=born, origin="form"
    )
    Record.objects.create(
        party=twice, kind="employment", subject=WELDER, start=dt.date(2016, 3, 1), other=city.works,
        status="verified", known=born, origin="form",
    )  # fmt: skip
    course = make_programme(slug="course")
    for order, party in enumerate((city.worker, twice), 1):
        Application.objects.create(
            programme=course, party=party, order=order, serial=f"NS-2025-{order}",
            state="approved", place="placed", rank=order,
        )  # fmt: skip
    log_in(screen, "city")
    if language == "en":
        screen.click("button[value=en]")
    screen.goto("/desk/duplicates/")
    look(screen, f"duplicates-{language}")
    screen.click("table a.button")
    look(screen, f"duplicate-{language}")
    screen.click(".bar a.button")
    look(screen, f"duplicate-confirm-{language}")
    for name in ("stands.birth", f"stands.application-{course.pk}"):
        screen.check(f"input[name='{name}'] >> nth=0")
    screen.click("form.notice button")
    screen.wait_for_url("**/desk/duplicates/")
    look(screen, f"merged-{language}")
    assert Party.objects.get(pk=twice.pk).merged_into_id == city.worker.pk
    assert Application.objects.get(serial="NS-2025-2").state == "withdrawn"
    screen.click("button.danger")
    screen.wait_for_load_state()
    assert Party.objects.get(pk=twice.pk).merged_into_id is None


@pytest.mark.parametrize("state", ["check-failed", "write-failed", "undo-failed"])
def test_a_failed_batch_says_what_happened_and_goes_on(city: City, screen: Page, state: str):
    hr = city.actor("hr")
    batch = upload(hr, "staff", "花名册.xlsx", xlsx(staff_rows(12)), enqueue=False)
    check_batch(batch.pk)
    Batch.objects.filter(pk=batch.pk).update(state=state, rows=12, good=12)
    log_in(screen, "hr")
    screen.goto(f"/imports/{batch.pk}/")
    look(screen, f"{state}-zh")
    assert "不会自动再来" in screen.inner_text("[role=alert]")
    site = "/".join(screen.url.split("/")[:3])
    screen.context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    screen.reload()
    look(screen, f"{state}-en")
    assert "not begun again by itself" in screen.inner_text("[role=alert]")

    screen.get_by_role("button", name="Go on").click()
    screen.wait_for_load_state()
    batch.refresh_from_db()
    assert not batch.state.endswith("failed")
