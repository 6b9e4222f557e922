"""The wizard and the duplicates' desk, as a browser without script sees them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from craftpath.access.may import MAY
from craftpath.registry.actions.merges import merge
from craftpath.registry.duplicates import candidates
from craftpath.registry.models import Batch, Merge, Party, Record
from craftpath.web.pages.duplicates import urls as duplicates_urls
from craftpath.web.pages.imports import urls as imports_urls
from tests.apps.city import CHANGAN, City
from tests.apps.registry.sheets import STAFF, person_number, staff_rows, xlsx


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.CRAFTPATH_SECOND_FACTOR = "off"


def as_(city: City, who: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(city.user(who), "django.contrib.auth.backends.ModelBackend")
    return client


def sent(client: Client, content: bytes, name: str = "花名册.xlsx") -> str:
    """The address that comes after uploading."""
    response = client.post(
        reverse("import-new", args=["staff"]), {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 302, response.content.decode()
    return str(response.headers["Location"])


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_every_page_says_who_may_see_it():
    for pattern in (*imports_urls.urlpatterns, *duplicates_urls.urlpatterns):
        assert pattern.callback.may in MAY


def test_walks_from_the_template_to_the_records_and_back(city: City):
    client = as_(city, "hr")
    assert "员工花名册" in text_of(client.get(reverse("imports")))
    template = client.get(reverse("import-template", args=["staff"]))
    assert template.content.startswith(b"PK")
    assert "attachment" in template.headers["Content-Disposition"]
    assert "上传并核对" in text_of(client.get(reverse("import-new", args=["staff"])))

    rows = [*staff_rows(2), ["甲乙", person_number(1), "焊接大师", "2019-07-01", "", ""]]
    place = sent(client, xlsx(rows))
    page = text_of(client.get(place))
    assert "表 · 第 4 行 职业 焊接大师 职业代码表中没有" in page
    assert "写入 2 行" in page
    rejects = client.get(place + "rejects.xlsx")
    assert rejects.content.startswith(b"PK")

    assert client.post(place + "commit/").status_code == 302
    assert "已写入 2 / 2 行" in text_of(client.get(place))
    assert Record.objects.filter(kind="employment", batch__isnull=False).count() == 2

    without = client.post(place + "undo/", {"why": ""})
    assert without.status_code == 422
    assert "请写明理由" in without.content.decode()
    assert client.post(place + "undo/", {"why": "传错了"}).status_code == 302
    assert "已撤销" in text_of(client.get(place))
    assert not Record.objects.filter(batch__isnull=False, known_until=None).exists()


def test_speaks_english(city: City):
    client = as_(city, "hr", "en")
    place = sent(
        client, xlsx([STAFF, ["甲乙", person_number(1), "焊接大师", "2019-07-01", "", ""]])
    )

    page = text_of(client.get(place))
    assert "not in the list of codes (occupation)" in page
    assert not re.search("没有|请", page.replace("匠途", ""))


def test_tells_progress_until_it_is_done(city: City):
    client = as_(city, "hr")
    place = sent(client, xlsx(staff_rows(2)))
    Batch.objects.update(state=Batch.State.COMMITTING, done=1)

    working = client.get(place + "progress/")
    assert 'hx-trigger="every 2s"' in working.content.decode()
    assert "1 / 2 · 50%" in text_of(working)
    assert "刷新" in text_of(client.get(place))

    Batch.objects.update(state=Batch.State.COMMITTED, done=2)
    done = client.get(place + "progress/")
    assert (done.status_code, done.headers["HX-Refresh"]) == (204, "true")


def test_asks_for_a_file(city: City):
    response = as_(city, "hr").post(reverse("import-new", args=["staff"]))

    assert response.status_code == 422
    assert "请选择一个文件" in response.content.decode()


def test_shows_what_a_hostile_cell_says_as_text(city: City):
    evil = "<script>alert(1)</script>"
    client = as_(city, "hr")
    place = sent(client, xlsx([STAFF, [evil, "1", evil, "2019-07-01", "", ""]]), f"{evil}.xlsx")

    page = client.get(place).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_others_do_not_find_it(city: City):
    place = sent(as_(city, "hr"), xlsx(staff_rows(1)))

    for who in ("rival-hr", "school", "province"):
        client = as_(city, who)
        assert client.get(place).status_code == 404
        assert client.get(place + "rejects.xlsx").status_code == 404
        assert client.post(place + "commit/").status_code == 404
    for who in ("worker", "auditor", "operator", "expert"):
        assert as_(city, who).get(place).status_code == 403
    assert Client().get(place).status_code == 302
    assert as_(city, "hr").get(reverse("import-new", args=["people"])).status_code == 404
    assert as_(city, "hr").get(place + "commit/").status_code == 405


# --- duplicates ------------------------------------------------------------------------------


@pytest.fixture
def twice(city: City) -> Party:
    party = Party.objects.create(nature="person", name="林晓", region=CHANGAN)
    for kind, start in (("birth", dt.date(1992, 5, 20)), ("aim", dt.date(2024, 1, 1))):
        Record.objects.create(
            party=party, kind=kind, start=start, status="verified", known=start, origin="form",
            subject="6-18-02-04" if kind == "aim" else None,
        )  # fmt: skip
    return party


def test_merges_by_two_clicks_and_undoes_by_one(city: City, twice: Party):
    client = as_(city, "city")
    page = client.get(reverse("duplicates"))
    assert "姓名相同，出生日期相同" in text_of(page)
    place = reverse("duplicate", args=[city.worker.pk, twice.pk])
    assert place in page.content.decode()

    side = text_of(client.get(place))
    assert "仅右" in side and "仅左" in side and "不同" in side
    assert "4419" in side and "441900199205201225" not in side
    confirm = client.get(place, {"keep": city.worker.pk})
    assert "确认合并" in text_of(confirm)

    assert client.post(place + "decide/", {"keep": city.worker.pk}).status_code == 302
    row = Merge.objects.get()
    assert (row.kept, row.absorbed) == (city.worker, twice)
    listed = client.get(reverse("duplicates"))
    assert "撤销合并" in text_of(listed)
    assert "没有疑似重复" in text_of(listed)

    assert client.post(reverse("merge-undo", args=[row.pk])).status_code == 302
    assert Party.objects.get(pk=twice.pk).merged_into is None


def test_remembers_that_they_are_two(city: City, twice: Party):
    client = as_(city, "city")
    place = reverse("duplicate-decide", args=[city.worker.pk, twice.pk])

    assert client.post(place, {"keep": "both"}).status_code == 302
    assert candidates(city.actor("city")) == []
    assert client.post(place, {"keep": "999"}).status_code == 422


def test_the_desk_is_for_officials_of_the_region(city: City, twice: Party):
    place = reverse("duplicate", args=[city.worker.pk, twice.pk])
    assert as_(city, "other-city").get(place).status_code == 404
    for who in ("hr", "school", "worker", "auditor"):
        assert as_(city, who).get(reverse("duplicates")).status_code == 403
    row = merge(city.actor("city"), keep=city.worker.pk, absorb=twice.pk)
    assert as_(city, "other-city").post(reverse("merge-undo", args=[row.pk])).status_code == 404


def test_asks_on_the_page_which_of_two_births_stands(city: City, twice: Party) -> None:
    Record.objects.filter(party=twice, kind="birth").update(start=dt.date(1992, 5, 2))
    client = as_(city, "city")
    place = reverse("duplicate", args=[city.worker.pk, twice.pk])
    assert "只能有一个的" in text_of(client.get(place))
    confirm = client.get(place, {"keep": city.worker.pk}).content.decode()
    choices = re.findall(r'name="stands\.birth" value="(record-\d+)" required', confirm)
    assert len(choices) == 2

    refused = client.post(place + "decide/", {"keep": city.worker.pk, "why": "同一人"})
    assert refused.status_code == 422
    again = refused.content.decode()
    assert "请选择以哪个为准" in again and 'value="同一人"' in again
    english = as_(city, "city", "en").post(place + "decide/", {"keep": city.worker.pk})
    assert "only one can stand; choose which" in english.content.decode()
    assert not Merge.objects.exists()

    told = {"keep": city.worker.pk, "stands.birth": choices[1], "why": "同一人"}
    assert client.post(place + "decide/", told).status_code == 302
    assert len(Merge.objects.get().settled["records"]) == 1
    assert "作废的记录" in text_of(client.get(reverse("duplicates")))


def test_says_on_the_file_that_two_births_contradict(city: City, twice: Party) -> None:
    Record.objects.filter(party=twice, kind="birth").update(start=dt.date(1992, 5, 2))
    Party.objects.filter(pk=twice.pk).update(merged_into=city.worker, name="林小晓")

    page = as_(city, "city").get(reverse("desk-party", args=[city.worker.pk]))
    assert "互相矛盾" in text_of(page) and "又名 林小晓" in text_of(page)
    assert page.content.decode().count("/void/") >= 2
