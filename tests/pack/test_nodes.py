"""YAML is read as text with lines; none of its own guesses happen."""

from __future__ import annotations

import pytest

from craftpath.pack.nodes import Mapping, Scalar, at_path, plain, read_yaml, replaced, scalars
from craftpath.pack.problems import Notes


def read(text: str):
    notes = Notes("x.yaml")
    tree = read_yaml(text, notes)
    assert notes.problems == []
    return tree


@pytest.mark.parametrize(
    "word", ["no", "on", "yes", "1:30", "2024-03-01", "0", "010", "1e3", "0x1F", ".5", "=", "<<"]
)
def test_a_word_stays_the_word_that_was_written(word):
    assert plain(read(f"key: {word}\n{word}: value")) == {"key": word, word: "value"}


@pytest.mark.parametrize("word", ["null", "~", ""])
def test_nothing_is_none_unless_quoted(word):
    assert plain(read(f"key: {word}")) == {"key": None}
    assert plain(read(f'key: "{word}"')) == {"key": word}


def test_every_word_keeps_its_line_and_column():
    tree = read("a: 1\nb:\n  - c\n  - {d: e}\n")
    places = {scalar.text: (scalar.line, scalar.column) for _, scalar in scalars(tree)}
    assert places == {
        "a": (1, 1),
        "1": (1, 4),
        "b": (2, 1),
        "c": (3, 5),
        "d": (4, 6),
        "e": (4, 9),
    }


def test_chinese_is_folded_without_a_space():
    assert plain(read("a: >-\n  上浮百分之三十，\n  未查得\nb: two\n  words\n")) == {
        "a": "上浮百分之三十，未查得",
        "b": "two words",
    }


def test_a_path_leads_to_a_word_and_to_a_key():
    tree = read("a: 1\nb: [x, y]\n")
    paths = {scalar.text: path for path, scalar in scalars(tree)}
    assert paths == {"a": (0,), "1": (1,), "b": (2,), "x": (3, 0), "y": (3, 1)}
    assert all(at_path(tree, path).text == word for word, path in paths.items())


def test_a_replaced_word_leaves_all_else_as_it_is():
    tree = read("a: 1\nb: [x, y]\n")
    assert plain(replaced(tree, (3, 1), "z")) == {"a": "1", "b": ["x", "z"]}
    assert plain(replaced(tree, (0,), "c")) == {"c": "1", "b": ["x", "y"]}
    assert plain(tree) == {"a": "1", "b": ["x", "y"]}
    assert isinstance(tree, Mapping)
    assert replaced(tree, (1,), "2").entries[1] is tree.entries[1]


def test_only_words_can_be_replaced():
    with pytest.raises(TypeError):
        replaced(read("a: [1]"), (1,), "2")
    with pytest.raises(IndexError):
        replaced(Scalar("a", 1), (0,), "2")
