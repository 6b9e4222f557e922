from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session

from craftpath.eligibility import rule_book
from craftpath.pack.nouns import Pack
from craftpath.programmes.models import Draw, Objection
from craftpath.web.typed import read_code, read_day
from tests.apps.city import City
from tests.apps.web.conftest import Visit, an_application, open_programme, visit_of, with_group
from tests.apps.web.counting import Counted

LIFE = {
    "do": "ask",
    "born": "1992-05-20",
    "place_text": "东莞市",
    "insured": "2016-03-01",
    "job-rows": "1",
    "job-0-subject_text": "焊工",
    "job-0-start": "2016-03-01",
    "certificate-rows": "1",
    "certificate-0-subject_text": "焊工",
    "certificate-0-level": "4",
    "certificate-0-start": "2025-03-10",
    "study-rows": "1",
}


def _rows() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


# --- try it ----------------------------------------------------------------------------------


def test_answers_a_small_life_with_days_and_reasons(anybody: Visit) -> None:
    page = anybody.post("/try/", LIFE).content.decode()
    assert "现在就符合" in page
    assert "2030年3月10日" in page
    assert "可信度" in page


def test_answers_in_english(anybody: Visit) -> None:
    page = anybody.in_english().post("/try/", LIFE).content.decode()
    assert "You qualify now" in page and "10 March 2030" in page


def test_answers_for_another_day(anybody: Visit) -> None:
    page = anybody.post("/try/", {**LIFE, "day": "2030-03-10"}).content.decode()
    assert "2030年3月10日的结论" in page


@pytest.mark.parametrize("example", ["welder", "electrician", "carer"])
def test_has_examples_that_work(anybody: Visit, example: str) -> None:
    page = anybody.text(f"/try/?example={example}")
    assert 'id="answered"' in page
    assert 'role="alert"' not in page


def test_stores_nothing(anybody: Visit, caplog: pytest.LogCaptureFixture) -> None:
    before = _rows()
    anybody.post("/try/", LIFE)
    anybody.post("/try/", {**LIFE, "born": "never"})
    assert _rows() == before
    assert Session.objects.count() == 0
    assert "sessionid" not in anybody.cookies
    assert "1992" not in caplog.text and "焊工" not in caplog.text


def test_leaves_the_session_of_somebody_logged_in_alone(city: City) -> None:
    worker = visit_of(city, "worker")
    worker.get("/try/")
    before = dict(worker.session)
    worker.post("/try/", LIFE)
    assert dict(worker.session) == before
    assert "1992-05-20" not in str(dict(worker.session))


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"born": ""}, "born", "请填写出生日期"),
        ({"born": "1992-13-01"}, "born", "没有“1992-13-01”这一天"),
        ({"born": "2030-01-01"}, "born", "出生日期在今天之后"),
        ({"job-0-start": "last year"}, "job-0-start", "不是日期"),
        ({"job-0-start": ""}, "job-0-start", "请填写日期"),
        ({"job-0-start": "1980-01-01"}, "job-0-start", "早于出生"),
        ({"job-0-end": "2010-01-01"}, "job-0-end", "最后一天早于第一天"),
        ({"job-0-subject_text": "炼丹师"}, "job-0-subject", "没有“炼丹师”"),
        ({"job-0-subject_text": "焊"}, "job-0-subject", "请在下面选一个"),
        ({"certificate-0-level": "77"}, "certificate-0-level", "请从列表中选一级"),
        ({"insured": "1990-01-01"}, "insured", "早于出生日期"),
    ],
)
def test_names_the_field_that_is_wrong_and_keeps_the_rest(
    anybody: Visit, wrong: dict[str, str], field: str, told: str
) -> None:
    response = anybody.post("/try/", {**LIFE, **wrong})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'href="#{field}"' in page and f'id="{field}-problem"' in page
    assert told in page
    assert 'id="answered"' not in page
    assert 'value="2025-03-10"' in page  # what was right is still there


def test_takes_the_one_that_was_chosen_among_several(anybody: Visit) -> None:
    typed = {**LIFE, "job-0-subject_text": "焊", "job-0-subject": "6-18-02-04"}
    response = anybody.post("/try/", typed)
    assert response.status_code == 200
    assert 'id="answered"' in response.content.decode()


def test_adds_and_takes_away_rows_without_script(anybody: Visit) -> None:
    more = anybody.post("/try/", {**LIFE, "do": "add-job"}).content.decode()
    assert 'id="job-1-start"' in more and 'value="2016-03-01"' in more
    two = {
        **LIFE,
        "job-rows": "2",
        "job-1-subject_text": "电工",
        "job-1-start": "2019-09-09",
        "do": "remove-job-0",
    }
    fewer = anybody.post("/try/", two).content.decode()
    assert 'id="job-1-start"' not in fewer
    assert 'value="2019-09-09"' in fewer and 'value="电工"' in fewer


@pytest.mark.parametrize("rows", ["99999999999", "-1", "x", "²"])
def test_is_not_led_astray_by_a_count_of_rows(anybody: Visit, rows: str) -> None:
    assert anybody.post("/try/", {**LIFE, "job-rows": rows}).status_code in (200, 422)


@pytest.mark.parametrize(
    "text", ["1992-05-20", "1992/5/20", "1992.05.20", "1992年5月20日", "19920520"]
)
def test_reads_days_as_people_write_them(text: str) -> None:
    assert read_day(text) == dt.date(1992, 5, 20)


def test_takes_no_group_of_occupations_for_an_occupation(guangdong: Pack) -> None:
    group = next(
        code.parent
        for code in guangdong.vocabulary.lists["occupation"].codes.values()
        if code.parent
    )
    assert read_code(guangdong, "occupation", group, "").code is None


# --- the rule book ---------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_shows_every_rule_with_its_versions_sources_and_cases(
    anybody: Visit, guangdong: Pack, lang: str
) -> None:
    if lang == "en":
        anybody.in_english()
    contents = anybody.text("/rules/")
    for rule in rule_book(guangdong).rules():
        assert f"/rules/{rule.id}/" in contents
        page = anybody.text(f"/rules/{rule.id}/")
        assert page.count('aria-labelledby="version-') == len(rule.versions)
        assert page.count('class="card case"') == len(rule.cases)
        for source in rule.sources:
            assert source.how_sure[lang] in page


def test_marks_what_a_later_version_has_otherwise(anybody: Visit) -> None:
    page = anybody.text("/rules/subsidy.unemployment-fund/")
    assert "改动" in page and "原为：" in page


def test_says_what_was_not_found(anybody: Visit) -> None:
    assert "有待查的内容" in anybody.text("/rules/card.dongguan/")


def test_knows_no_rule_that_is_not_there(anybody: Visit) -> None:
    assert "没有这条规则" in anybody.text("/rules/nonsense/", 404)


# --- programmes ------------------------------------------------------------------------------


def test_lists_published_programmes_and_narrows_them(anybody: Visit) -> None:
    open_programme(name_zh="甲")
    open_programme("b", name_zh="乙", sort="course", region="441800")
    open_programme("c", name_zh="丙", opens=dt.date(2025, 9, 1))
    open_programme("d", name_zh="丁草稿", stage="draft")
    page = anybody.text("/programmes/")
    assert ">甲<" in page and ">乙<" in page and "丁草稿" not in page
    assert ">甲<" not in anybody.text("/programmes/?sort=course")
    assert ">乙<" not in anybody.text("/programmes/?region=441900")
    assert ">丙<" not in anybody.text("/programmes/?open=1")
    assert anybody.get("/programmes/?sort=nonsense&region=%27&page=x").status_code == 200


def test_tells_all_there_is_to_know_of_one(anybody: Visit, city: City) -> None:
    programme = open_programme(
        host=city.school,
        documents=[{"id": "photo", "zh": "证件照", "en": "photo", "required": True}],
        notice_days=5,
    )
    with_group(programme, "women", 2)
    page = anybody.text("/programmes/welder-2/")
    for told in ("2025年9月15日", "证件照", "东莞工匠学院", "先到先得", "组women", "10个工作日内"):
        assert told in page
    assert "/rules/skill-level.technician/" in page
    english = anybody.in_english().text("/programmes/welder-2/")
    assert "first come, first served" in english and "10 working days" in english


def test_keeps_drafts_to_those_who_run_them(anybody: Visit, city: City) -> None:
    open_programme(stage="draft")
    assert anybody.get("/programmes/welder-2/").status_code == 404
    assert visit_of(city, "worker").get("/programmes/welder-2/").status_code == 404


def _on_notice(city: City, **fields: Any) -> None:
    programme = open_programme(
        stage="shared",
        opens=dt.date(2025, 7, 1),
        closes=dt.date(2025, 8, 1),
        notice_from=dt.date(2025, 8, 25),
        notice_until=dt.date(2025, 9, 1),
        **fields,
    )
    an_application(programme, city, "worker", state="approved", place="placed", rank=1)


def test_shows_masked_names_while_the_notice_runs(anybody: Visit, city: City) -> None:
    _on_notice(city)
    page = anybody.text("/programmes/welder-2/")
    assert "林*" in page and "林晓" not in page


def test_shows_no_list_when_the_notice_is_over(anybody: Visit, city: City, settings: Any) -> None:
    _on_notice(city)
    settings.CRAFTPATH_TODAY = dt.date(2025, 9, 1)
    page = anybody.text("/programmes/welder-2/")
    assert "林*" not in page and "提出异议" not in page


def test_takes_an_objection_from_anybody(anybody: Visit, city: City) -> None:
    _on_notice(city)
    empty = anybody.post("/programmes/welder-2/object/", {"text": "", "contact": "13800000000"})
    assert empty.status_code == 422
    assert 'value="13800000000"' in empty.content.decode()
    assert not Objection.objects.exists()
    anybody.post("/programmes/welder-2/object/", {"text": "名单有误", "contact": "x@example.org"})
    objection = Objection.objects.get()
    assert objection.text == "名单有误"
    assert b"example.org" not in bytes(objection.contact)


def test_takes_no_objection_outside_the_notice(anybody: Visit, db: None) -> None:
    open_programme()
    response = anybody.post("/programmes/welder-2/object/", {"text": "名单有误"})
    assert response.status_code == 409
    assert not Objection.objects.exists()


def test_publishes_commitment_list_and_draw(anybody: Visit, db: None) -> None:
    programme = open_programme(way="lottery")
    draw = Draw.objects.create(
        programme=programme,
        commitment="ab" * 32,
        sealed_seed=b"sealed",
        committed_at=dt.datetime(2025, 8, 2, tzinfo=dt.UTC),
    )
    page = anybody.text("/programmes/welder-2/")
    whole = "craftpath draw verify draw-welder-2.json --commitment " + "ab" * 32
    assert whole in page  # to be copied: it was once cut by “…”
    assert anybody.get("/programmes/welder-2/entrants.txt").status_code == 404
    assert anybody.get("/programmes/welder-2/draw.json").status_code == 404
    draw.list, draw.list_hash = "T1-2025-000001\t-\n", "cd" * 32
    draw.listed_at = dt.datetime(2025, 9, 17, tzinfo=dt.UTC)
    draw.save()
    assert anybody.text("/programmes/welder-2/entrants.txt") == draw.list


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("programmes", "/programmes/"),
        ("programme", "/programmes/p-0/"),
        ("rules", "/rules/"),
        ("rule", "/rules/skill-level.senior/"),
        ("try", "/try/?example=welder"),
    ],
)
def test_takes_no_more_queries_than_before(
    anybody: Visit, counted: Counted, name: str, url: str
) -> None:
    for number in range(6):
        open_programme(f"p-{number}")
    counted(name, anybody, url)
