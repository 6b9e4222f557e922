"""Rounds that run today, at every stage: to come, open, under review, on notice, drawn."""

from __future__ import annotations

import io
import struct
import zlib
from decimal import Decimal

from django.core.files.base import ContentFile

from craftpath.access.roles import anyone
from craftpath.demo_city.chosen import ELECTRICIAN
from craftpath.demo_city.lives import TOWN
from craftpath.demo_city.making import Making
from craftpath.programmes.actions.applications import apply_for, start, submit, withdraw
from craftpath.programmes.actions.documents import add_document
from craftpath.programmes.actions.draws import commit_draw, publish_list, run_draw
from craftpath.programmes.actions.notices import raise_objection
from craftpath.programmes.actions.places import enter_points, share_out
from craftpath.programmes.actions.programmes import save_programme
from craftpath.programmes.actions.reviews import answer_override, ask_override
from craftpath.programmes.fields import (
    AskedDocument,
    GroupFields,
    ProgrammeFields,
    StepFields,
)
from craftpath.programmes.outcome_fields import OutcomeFields

__all__ = ["present_rounds"]


def present_rounds(making: Making) -> None:
    _draft(making)
    _to_come(making)
    _nearly_full(making)
    _waiting_list(making)
    _lottery_open(making)
    _ranked_open(making)
    _under_review(making)
    _on_notice(making)
    _drawn(making)
    _card(making)


def _draft(making: Making) -> None:
    """Not published yet: only the school and the officials see it."""
    save_programme(
        making.cast.actor("school"),
        ProgrammeFields(
            slug="welding-refresher",
            sort="course",
            about="person",
            name_zh="焊工转岗适应培训",
            name_en="Welding: adapting to a new post",
            region="441900",
            host=making.cast.school,
            opens=making.day(25),
            closes=making.day(55),
            way="first-come",
            places=24,
            steps=(StepFields("institution", 5, True),),
        ),
    )


def _to_come(making: Making) -> None:
    making.open(
        "assessor",
        making.day(-2),
        ProgrammeFields(
            slug="electrician-level-3",
            template="skill-level.senior",
            sort="sitting",
            about="person",
            name_zh="电工三级/高级工认定考试",
            name_en="Electricians: level 3 sitting",
            region="441900",
            host=making.cast.assessor,
            rule="skill-level.senior",
            focus=ELECTRICIAN,
            opens=making.day(6),
            closes=making.day(36),
            way="first-come",
            places=40,
            marked=True,
            pass_mark=Decimal(60),
            steps=(StepFields("institution", 10, True),),
            outcome=OutcomeFields("certificate", "focus", level=4),
        ),
    )


def _nearly_full(making: Making) -> None:
    """First come, first served: two places left."""
    places = making.count(20, 4)
    slug = making.open(
        "school",
        making.day(-14),
        ProgrammeFields(
            slug="cnc-course",
            sort="course",
            about="person",
            name_zh="数控加工在岗培训班",
            name_en="CNC machining, training on the job",
            region="441900",
            host=making.cast.school,
            opens=making.day(-9),
            closes=making.day(12),
            way="first-come",
            places=places,
            steps=(StepFields("institution", 5, True),),
        ),
    )
    who = making.anybody(places - 2, slug, first=[making.cast.worker])
    serials = making.apply(slug, who, making.day(-9), making.day(-1))
    making.decide("school", serials[: len(serials) * 2 // 3], "pass", making.day(0))


def _waiting_list(making: Making) -> None:
    """Full, with a waiting list; the employer applied for some of its people."""
    rule, places = "skill-level.intermediate", making.count(14, 3)
    slug = making.open(
        "assessor",
        making.day(-15),
        ProgrammeFields(
            slug="level-4-sitting-winter",
            template=rule,
            sort="sitting",
            about="person",
            name_zh="电工四级/中级工认定考试（下半年）",
            name_en="Electricians, level 4: sitting of the second half of the year",
            region="441900",
            host=making.cast.assessor,
            rule=rule,
            focus=ELECTRICIAN,
            opens=making.day(-12),
            closes=making.day(9),
            way="first-come",
            places=places,
            marked=True,
            pass_mark=Decimal(60),
            steps=(StepFields("institution", 10, True),),
            outcome=OutcomeFields("certificate", "focus", level=3),
        ),
    )
    staff = set(making.lives.staff[making.cast.employer])
    able = making.who(rule, making.day(-12), 10**6, focus=ELECTRICIAN)
    theirs = [one for one in able if one[0] in staff]
    theirs = theirs[: making.count(5, 1)]
    with making.at(making.day(-11)):
        for party, focus in theirs:
            apply_for(making.cast.actor("hr"), slug, [party], focus=focus)
    who = [one for one in able if one not in theirs][: places + making.count(5)]
    serials = making.apply(slug, who, making.day(-10), making.day(-1))
    with making.at(making.day(-1)):  # one gave up: the next has the place, and was told
        withdraw(making.worker(who[0][0]), serials[0], why="排班冲突")
    half = max(2, places // 2)
    making.decide("assessor", serials[1:half], "pass", making.day(0))
    making.decide(
        "assessor",
        serials[half : half + 1],
        "return",
        making.day(0),
        "请补充从业年限的证明。 Please add proof of the years worked.",
    )


def _lottery_open(making: Making) -> None:
    """Open, its commitment published; places kept for two towns."""
    places = making.count(20, 6)
    slug = making.open(
        "city",
        making.day(-13),
        ProgrammeFields(
            slug="training-route-visit",
            sort="course",
            about="person",
            name_zh="新能源汽车实训路线研学（抽签）",
            name_en="Training route, new-energy vehicles: visit by lot",
            region="441900",
            opens=making.day(-12),
            closes=making.day(9),
            way="lottery",
            places=places,
            groups=(
                GroupFields("changan", "长安镇", "Chang'an town", places // 3, TOWN),
                GroupFields("humen", "虎门镇", "Humen town", places // 4, "441900121"),
            ),
            steps=(StepFields("city", 7, True),),
            notice_days=5,
        ),
    )
    with making.at(making.day(-12)):
        commit_draw(making.cast.actor("city"), slug)
    who = making.anybody(making.count(30, 6), slug, first=[making.cast.worker])
    serials = making.apply(slug, who, making.day(-12), making.day(-1))
    making.decide("city", serials[: len(serials) // 2], "pass", making.day(0))


def _ranked_open(making: Making) -> None:
    """Open; places will go by points, some of which are entered."""
    slug = making.open(
        "city",
        making.day(-10),
        ProgrammeFields(
            slug="technician-seminar",
            sort="course",
            about="person",
            name_zh="高技能人才研修班",
            name_en="Seminar for highly skilled workers",
            region="441900",
            rule="skilled-talent.highly-skilled",
            opens=making.day(-8),
            closes=making.day(15),
            way="ranked",
            places=making.count(25, 3),
            steps=(StepFields("city", 10, True),),
        ),
    )
    who = making.who("skilled-talent.highly-skilled", making.day(-8), making.count(14))
    serials = making.apply(slug, who, making.day(-8), making.day(-1), focus=False)
    scored = serials[: len(serials) // 2]
    making.decide("city", scored, "pass", making.day(0))
    enter_points(
        making.cast.actor("city"), slug, [(s, 60 + (at * 29) % 40) for at, s in enumerate(scored)]
    )


def _under_review(making: Making) -> None:
    """The window is over; applications at every step of review."""
    rule = "skill-level.senior"
    slug = making.open(
        "city",
        making.day(-45),
        ProgrammeFields(
            slug="level-3-sitting-autumn",
            template=rule,
            sort="sitting",
            about="person",
            name_zh="三级/高级工认定（秋季）",
            name_en="Level 3 sitting, autumn",
            region="441900",
            rule=rule,
            focus_list="occupation",
            opens=making.day(-40),
            closes=making.day(-3),
            way="first-come",
            places=making.count(60, 9),
            marked=True,
            pass_mark=Decimal(60),
            steps=(StepFields("grassroots", 15, True), StepFields("city", 15, True)),
            notice_days=5,
            outcome=OutcomeFields("certificate", "focus", level=4),
        ),
    )
    cast = making.cast
    who = making.who(
        rule,
        making.day(-20),
        making.count(27, 9),
        town=True,
        first=[cast.worker, cast.worker2],
    )
    serials = making.apply(slug, who, making.day(-20), making.day(-4))
    ninth = max(1, len(serials) // 9)
    parts = [serials[at : at + ninth] for at in range(0, len(serials), ninth)]
    making.decide(
        "town",
        parts[0],
        "return",
        making.day(-2),
        "工作年限的单位盖章不清楚。 The employer's seal on the years worked cannot be read.",
    )
    for part in parts[1:6]:
        making.decide("town", part, "pass", making.day(-2))
    for part in parts[1:3]:
        making.decide("city", part, "pass", making.day(0))
    making.decide(
        "city",
        parts[3],
        "refuse",
        making.day(0),
        "该职业本期不开考。 This occupation is not examined in this round.",
    )
    # Of some the engine cannot say: an official asks to let them pass, another answers.
    doubtful = making.who(
        rule,
        making.day(-10),
        3,
        verdict="unknown",
        town=True,
        skip=[party for party, _ in who],
    )
    unsure = making.apply(slug, doubtful, making.day(-10), making.day(-5))
    with making.at(making.day(-2)):
        asked = [
            ask_override(
                making.cast.actor("town"),
                serial,
                reason="原单位已注销，工龄由社区出具证明。 "
                "The former employer no longer exists; the neighbourhood vouches for the years.",
            )
            for serial in unsure
        ]
    with making.at(making.day(-1)):
        if asked:
            answer_override(making.cast.actor("city"), asked[0].pk, agree=True, note="属实")


def _on_notice(making: Making) -> None:
    """Places are shared out by points; the public notice runs, and somebody objects."""
    slug = making.open(
        "city",
        making.day(-65),
        ProgrammeFields(
            slug="artisan-training",
            sort="course",
            about="person",
            name_zh="工匠培育对象遴选",
            name_en="Selection for artisan training",
            region="441900",
            opens=making.day(-60),
            closes=making.day(-30),
            way="ranked",
            places=making.count(10, 2),
            steps=(StepFields("city", 10, True),),
            notice_days=7,
        ),
    )
    who = making.anybody(making.count(16, 4), slug)
    serials = making.apply(slug, who, making.day(-60), making.day(-40))
    making.decide("city", serials[1:], "pass", making.day(-28))
    making.decide(
        "city",
        serials[:1],
        "refuse",
        making.day(-28),
        "非一线岗位。 Not a front-line post.",
    )
    city = making.cast.actor("city")
    with making.at(making.day(-10)):
        enter_points(city, slug, [(s, 55 + (at * 31) % 45) for at, s in enumerate(serials[1:])])
    with making.at(making.day(-3)):
        share_out(city, slug)
    with making.at(making.day(-1)):
        raise_objection(
            anyone(),
            slug,
            text="公示名单中有一人今年已调离一线岗位，请核实。",
            contact="demo@example.org",
        )


def _drawn(making: Making) -> None:
    """Drawn by lot, the document published; one has given the place up since."""
    places = making.count(10, 3)
    slug = making.open(
        "city",
        making.day(-52),
        ProgrammeFields(
            slug="robotics-lottery",
            sort="course",
            about="person",
            name_zh="工业机器人公益培训（抽签）",
            name_en="Industrial robots: free course by lot",
            region="441900",
            opens=making.day(-50),
            closes=making.day(-25),
            way="lottery",
            places=places,
            steps=(StepFields("city", 10, True),),
        ),
    )
    city = making.cast.actor("city")
    with making.at(making.day(-50)):
        commit_draw(city, slug)
    who = making.anybody(making.count(22, 6), slug, first=[making.cast.worker2])
    serials = making.apply(slug, who, making.day(-49), making.day(-30))
    making.decide("city", serials, "pass", making.day(-26))
    with making.at(making.day(-20)):
        publish_list(city, slug)
    with making.at(making.day(-14)):
        run_draw(city, slug)
    with making.at(making.day(-6)):
        withdraw(making.worker(who[1][0]), serials[1], why="已参加其他班")


def _card(making: Making) -> None:
    """The talent card, all year. Where the engine cannot say, two officials may."""
    rule = "card.dongguan"
    year = making.today.year
    slug = making.open(
        "city",
        making.today.replace(month=1, day=1),
        ProgrammeFields(
            slug=f"talent-card-{year}",
            template=rule,
            sort="card",
            about="person",
            name_zh=f"东莞市优秀人才卡（{year}年）",
            name_en=f"Dongguan talent card, {year}",
            region="441900",
            rule=rule,
            opens=making.today.replace(month=1, day=1),
            closes=making.today.replace(year=year + 1, month=1, day=1),
            steps=(StepFields("city", 7, True),),
            documents=(
                AskedDocument(
                    "recommendation",
                    "单位推荐书（盖章）",
                    "employer's letter of recommendation, sealed",
                ),
                AskedDocument(
                    "contract",
                    "劳动合同或营业执照",
                    "labour contract or business licence",
                    required=False,
                ),
            ),
            outcome=OutcomeFields("card", "dongguan-magnolia", months=36),
        ),
    )
    who = making.who(rule, making.day(-30), making.count(10, 4), verdict="unknown")
    serials = []
    for at, (party, _) in enumerate(who):
        actor = making.worker(party)
        with making.at(making.day(-30 + 2 * at)):
            draft = start(actor, slug)
            if at == len(who) - 1:
                continue  # one is still a draft
            add_document(actor, draft.serial, "recommendation", ContentFile(_page(), "推荐书.png"))
            serials.append(submit(actor, draft.serial).serial)
    city, second = making.cast.actor("city"), making.cast.actor("city2")
    with making.at(making.day(-3)):
        asked = [
            ask_override(
                city,
                serial,
                reason="市政府专题会议纪要同意。 Agreed in the minutes of the city's meeting.",
            )
            for serial in serials[: max(2, len(serials) // 2)]
        ]
    with making.at(making.day(-2)):
        agreed = asked[: max(1, len(asked) // 2)]
        for override in agreed:
            answer_override(second, override.pk, agree=True)
    making.decide("city", serials[: len(agreed)], "pass", making.day(-1))


def _page() -> bytes:
    """A blank page as PNG: what stands for a scanned letter."""
    width, height = 40, 56

    def part(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = io.BytesIO()
    for _ in range(height):
        rows.write(b"\0" + b"\xff" * width)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        + part(b"IDAT", zlib.compress(rows.getvalue()))
        + part(b"IEND", b"")
    )
