from __future__ import annotations

import pytest
from django.test import Client

from craftpath.registry.queries import people_seen_by
from tests.apps.city import DAY, City


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("worker", {"林晓"}),
        ("hr", {"林晓", "陈志远"}),
        ("rival-hr", {"苏敏"}),
        ("school", set()),
        ("town", {"林晓", "陈志远"}),
        ("city", {"林晓", "陈志远"}),
        ("other-city", {"苏敏"}),
        ("province", {"林晓", "陈志远", "苏敏"}),
        ("auditor", set()),
        ("operator", set()),
        ("expert", set()),
    ],
)
def test_shows_each_duty_its_own_people(city: City, who: str, names: set[str]) -> None:
    assert {p.name for p in people_seen_by(city.actor(who), DAY)} == names


def test_opens_its_front_page_in_chinese_and_english(client: Client, db: None) -> None:
    assert "从哪天起" in client.get("/").content.decode()
    client.post("/language/", {"language": "en", "next": "/"})
    assert "from which day" in client.get("/").content.decode()
