"""Numbers of certificates and cards: the form is the pack's, read and made by the same parts."""

from __future__ import annotations

import pytest
from stdnum.iso7064 import mod_11_10

from craftpath.engine.rules import Label
from craftpath.pack.certificate_files import read_certificates
from craftpath.pack.certificates import NumberForm, ReadNumber, check_digit
from craftpath.pack.load import find_pack, read_files
from craftpath.pack.nodes import read_yaml
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import Notes

NUMBER = "S000044000123253000001"


@pytest.fixture(scope="module")
def form(guangdong: Pack) -> NumberForm:
    assert guangdong.certificates is not None
    return guangdong.certificates.papers["certificate"].number


@pytest.fixture(scope="module")
def card(guangdong: Pack) -> NumberForm:
    assert guangdong.certificates is not None
    return guangdong.certificates.papers["card"].number


def test_makes_the_22_characters_of_the_national_rule(form: NumberForm) -> None:
    prefix = form.prefix(year=2025, body="S000044000123", level="3")
    assert isinstance(prefix, str)
    assert form.number(prefix, 1) == NUMBER
    assert (form.length, form.body_length, form.most) == (22, 13, 999_999)
    with pytest.raises(ValueError, match="1000000 of 999999"):
        form.number(prefix, 1_000_000)


def test_reads_a_number_however_it_was_typed(form: NumberForm) -> None:
    read = form.read("ｓ0000 4400-0123 25 3 000001")
    assert isinstance(read, ReadNumber)
    assert (read.text, read.notes) == (NUMBER, ())
    assert read.parts["year"] == "25"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("S00004400012325300000", "has 22 characters; this has 21"),
        ("Q000044000123253000001", "Position 1 is “Q”; it should be Y, S, J"),
        ("S00004400O123253000001", "Position 10 is “O”; it should be 0-9"),
        ("S000044000123250000001", "Position 16 is “0”; it should be 1-5, A-Z"),
        ("S00004400012325300000B", "Position 22 is “B”"),
    ],
)
def test_names_the_position_that_is_wrong(form: NumberForm, typed: str, said: str) -> None:
    read = form.read(typed)
    assert isinstance(read, Label)
    assert said in read.en


def test_says_what_it_knows_from_memory_alone(form: NumberForm) -> None:
    read = form.read("J00004400012325T000001")
    assert isinstance(read, ReadNumber)
    assert [note.en.partition(" (")[0] for note in read.notes] == [
        "J",
        "A letter in position 16 stands for a special or chief technician; which letter",
    ]


def test_gives_apprentices_no_number(form: NumberForm) -> None:
    said = form.prefix(year=2025, body="S000044000123", level="0")
    assert isinstance(said, Label)
    assert "Position 16" in said.en


def test_takes_a_bodys_code_by_its_parts(form: NumberForm) -> None:
    assert form.read_body("s0000 44000123") == "S000044000123"
    for wrong in ("S0000440001234", "X000044000123", "S00004400012A"):
        assert isinstance(form.read_body(wrong), Label)


def test_gives_cards_a_digit_that_finds_slips(card: NumberForm) -> None:
    prefix = card.prefix(year=2025, region="441900")
    assert isinstance(prefix, str)
    number = card.number(prefix, 17)
    assert number[-1] == mod_11_10.calc_check_digit("20" + number[1:-1])  # K is the 20th after 9
    assert isinstance(card.read(number), ReadNumber)
    for at in range(1, len(number)):
        digit = str((int(number[at]) + 1) % 10)
        assert isinstance(card.read(number[:at] + digit + number[at + 1 :]), Label)
    assert check_digit("A") == mod_11_10.calc_check_digit("10")


def test_lists_benefits_as_remembered_and_says_that_none_were_found(guangdong: Pack) -> None:
    assert guangdong.certificates is not None
    cards = guangdong.certificates.cards
    assert set(cards) == set(guangdong.vocabulary.lists["card"].codes)
    for one in cards.values():
        assert "benefits" in one.pending
        certainties = {guangdong.sources[b.source].certainty for b in one.benefits}
        assert certainties == {"RECALL"}


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("from: level", "from: rank", "`from` is `rank`"),
        ("characters: 1-5\n", "characters: 5-1\n", "the characters `5-1` cannot be read"),
        ("length: 2, characters: 0-9}", "length: 0, characters: 0-9}", "a part of 0 characters"),
        ("{key: number, label: {zh: 证书编号", "{key: numbr, label: {zh: 证书编号", "`numbr`"),
        ("card: chang-an-talent", "card: changan", "no code `changan`"),
        ("benefits: [schooling,", "benefits: [school,", "a benefit is `school`"),
        ("source: certificate-number\n", "source: certificate-nr\n", "`certificate-nr`"),
        ("site: zscx.osta.org.cn\n", "sight: zscx.osta.org.cn\n", "no key `sight`"),
    ],
)
def test_notes_what_is_wrong_with_its_line(guangdong: Pack, old: str, new: str, what: str) -> None:
    text = read_files(find_pack("guangdong"))["certificates.yaml"].decode()
    assert old in text
    notes = Notes("certificates.yaml")
    tree = read_yaml(text.replace(old, new, 1), notes)
    assert tree is not None
    assert read_certificates(tree, guangdong.context, notes) is None
    assert any(what in problem.what and problem.line for problem in notes.problems)
