"""Rounds that are over: those of 2024 and 2025 in their own windows, and one of this year."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from craftpath.demo_city.chosen import ELECTRICIAN
from craftpath.demo_city.making import Making
from craftpath.programmes.actions.draws import commit_draw, publish_list, run_draw
from craftpath.programmes.actions.outcomes import enter_marks, finish
from craftpath.programmes.actions.places import share_out
from craftpath.programmes.fields import ProgrammeFields, StepFields
from craftpath.programmes.outcome_fields import BY_ROUTE, OutcomeFields

__all__ = ["past_rounds"]


def past_rounds(making: Making) -> None:
    _degree_grant(making)
    _skill_subsidy(making)
    _special_technicians(making)
    _sitting(making)


def _degree_grant(making: Making) -> None:
    """The province's grant of 2024: reviewed by town and city, drawn by lot, paid."""
    rule, opens, closes = (
        "degree-grant.province-2024",
        dt.date(2024, 10, 28),
        dt.date(2024, 11, 8),
    )
    takers = making.count(24, 4)
    slug = making.open(
        "province",
        dt.date(2024, 10, 21),
        ProgrammeFields(
            slug="degree-grant-2024",
            template=rule,
            sort="grant",
            about="person",
            name_zh="广东省总工会2024年求学圆梦行动学历补贴",
            name_en="Degree grant of the provincial federation of trade unions, 2024",
            summary_zh="在职取得大专、本科学历的一线职工，补贴1000元。名额在样本城市按人数缩小。",
            summary_en="1,000 yuan for front-line staff who took a degree while working. Places "
            "are scaled down to the sample city.",
            region="440000",
            rule=rule,
            opens=opens,
            closes=closes,
            judged_on=dt.date(2024, 11, 7),
            way="lottery",
            places=max(2, takers * 2 // 3),
            steps=(StepFields("grassroots", 10, True), StepFields("city", 10, True)),
            outcome=OutcomeFields("degree-grant", "province-2024", quantity="amount"),
        ),
    )
    with making.at(opens):
        commit_draw(making.cast.actor("province"), slug)
    who = making.who(rule, dt.date(2024, 11, 1), takers, town=True)
    serials = making.apply(slug, who, opens, dt.date(2024, 11, 7))
    making.decide("town", serials, "pass", dt.date(2024, 11, 14))
    making.decide("city", serials, "pass", dt.date(2024, 11, 22))
    province = making.cast.actor("province")
    with making.at(dt.date(2024, 12, 2)):
        publish_list(province, slug)
    with making.at(dt.date(2024, 12, 5)):
        run_draw(province, slug)
    with making.at(dt.date(2024, 12, 20)):
        finish(province, slug)


def _skill_subsidy(making: Making) -> None:
    """The subsidy of 2025 from unemployment insurance, open all that year."""
    rule = "subsidy.unemployment-fund"
    opens, closes = dt.date(2025, 1, 1), dt.date(2026, 1, 1)
    slug = making.open(
        "city",
        opens,
        ProgrammeFields(
            slug="skill-subsidy-2025",
            template="subsidy.unemployment-fund-2025",
            sort="grant",
            about="person",
            name_zh="失业保险技能提升补贴（2025年）",
            name_en="Skill-upgrading subsidy from unemployment insurance, 2025",
            region="441900",
            rule=rule,
            focus_list="occupation",
            opens=opens,
            closes=closes,
            steps=(StepFields("city", 20, True),),
            outcome=OutcomeFields("skill-subsidy", "focus", BY_ROUTE, "amount"),
        ),
    )
    day = dt.date(2025, 9, 1)
    serials = making.apply(slug, making.who(rule, day, making.count(14)), day, day)
    making.decide("city", serials, "pass", dt.date(2025, 9, 12))
    city = making.cast.actor("city")
    with making.at(dt.date(2026, 1, 6)):
        share_out(city, slug)
        finish(city, slug)


def _special_technicians(making: Making) -> None:
    """The second round of 2025, July to 30 October."""
    rule = "special-technician.basic"
    opens, closes = dt.date(2025, 7, 1), dt.date(2025, 10, 31)
    slug = making.open(
        "city",
        dt.date(2025, 6, 25),
        ProgrammeFields(
            slug="special-technician-2025",
            template="special-technician.2025",
            sort="designation",
            about="person",
            name_zh="2025年特级技师评聘（第二轮）",
            name_en="Special technicians: appointments of 2025, second round",
            region="441900",
            rule=rule,
            focus_list="occupation",
            opens=opens,
            closes=closes,
            steps=(StepFields("city"),),
            outcome=OutcomeFields("appointment", "focus", level=7),
        ),
    )
    day = dt.date(2025, 8, 4)
    serials = making.apply(slug, making.who(rule, day, 6), day, dt.date(2025, 8, 20))
    making.decide("city", serials, "pass", dt.date(2025, 9, 3))
    city = making.cast.actor("city")
    with making.at(closes):
        share_out(city, slug)
        finish(city, slug)


def _sitting(making: Making) -> None:
    """A sitting of this year: marks entered, certificates issued to those who passed."""
    rule, body = "skill-level.intermediate", making.cast.assessor
    opens, closes = making.day(-170), making.day(-150)
    slug = making.open(
        "assessor",
        making.day(-175),
        ProgrammeFields(
            slug="level-4-sitting-summer",
            template=rule,
            sort="sitting",
            about="person",
            name_zh="电工四级/中级工认定考试（上半年）",
            name_en="Electricians, level 4: sitting of the first half of the year",
            region="441900",
            host=body,
            rule=rule,
            focus=ELECTRICIAN,
            opens=opens,
            closes=closes,
            way="first-come",
            places=making.count(20, 3),
            marked=True,
            pass_mark=Decimal(60),
            steps=(StepFields("institution", 10, True),),
            outcome=OutcomeFields("certificate", "focus", level=3),
        ),
    )
    # From the far end of the order: who comes first in it sits later this year.
    who = making.who(rule, opens, 10**6, focus=ELECTRICIAN)[-making.count(18, 3) :]
    serials = making.apply(slug, who, opens, making.day(-155))
    making.decide("assessor", serials, "pass", making.day(-152))
    host = making.cast.actor("assessor")
    with making.at(making.day(-145)):
        share_out(host, slug)
    with making.at(making.day(-130)):
        enter_marks(host, slug, [_marked(serial, at) for at, serial in enumerate(serials)])
    with making.at(making.day(-126)):
        finish(host, slug)


def _marked(serial: str, at: int) -> tuple[str, Decimal | None, bool | None]:
    """Most pass, some do not, one in fourteen stays away."""
    if at % 14 == 13:
        return serial, None, False
    return serial, Decimal(52 + (at * 37) % 45), True
