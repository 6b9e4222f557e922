"""Promises that run: what the documents say of the house, asked of the house itself."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def modules_after(statement: str) -> set[str]:
    """The names of all modules that a fresh Python has loaded after running `statement`."""
    code = f"{statement}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def matches(pattern: str, files: list[Path]) -> Iterator[str]:
    """`file:line: text` wherever the pattern is found."""
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if re.search(pattern, line):
                yield f"{file.relative_to(ROOT)}:{number}: {line.strip()}"


# --- the engine ----------------------------------------------------------------------------


@pytest.mark.slow
def test_engine_brings_nothing_but_its_three_libraries():
    """numba itself looks for PyYAML and the like, so what the three load alone is taken off."""
    libraries = modules_after("import numba, numpy, pyarrow, pyarrow.compute, pyarrow.parquet")
    engine = modules_after("import craftpath.engine")

    brought = roots(engine) - roots(libraries)

    assert brought & {"django", "yaml", "ruamel", "click", "rich", "requests", "pydantic"} == set()
    assert brought & {"socket", "ssl", "http", "urllib", "asyncio", "pyspark"} == set()
    assert not [name for name in engine if re.match(r"craftpath\.(?!engine|version)", name)]


CLOCKS = (
    r"\b(date|datetime|dt)\.(now|today|utcnow)\b"
    r"|\btime\.(time|monotonic|perf_counter|localtime)\b"
    r"|\b(import|from) time\b"
)


def test_engine_reads_no_clock():
    engine = [file for file in SOURCES if "engine" in file.relative_to(ROOT / "src").parts]

    assert engine
    assert list(matches(CLOCKS, engine)) == []


def test_nothing_is_fetched_at_run_time():
    """No client of the network is imported anywhere; a source may carry an address as text.

    One module asks the system whether the port that it is about to serve on is free.
    """
    clients = r"^\s*(import|from) (requests|httpx|aiohttp|urllib|urllib3|http|socket|ftplib)\b"

    serving = ROOT / "src/craftpath/operations/serving.py"
    assert list(matches(clients, [file for file in SOURCES if file != serving])) == []


def test_help_waits_for_nothing_heavy():
    """`craftpath --help` answers within 0.3 s (measured by the bench) because of this."""
    loaded = modules_after(
        "from craftpath.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass"
    )

    assert roots(loaded) & {"numba", "numpy", "pyarrow", "ruamel", "pydantic", "pyspark"} == set()


# --- the documents -------------------------------------------------------------------------


def test_readme_and_contributing_name_commands_that_exist():
    targets = set(re.findall(r"^([a-z][a-z0-9.-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))

    for page in ("README.md", "CONTRIBUTING.md", "docs/adding-a-rule.md"):
        named = re.findall(
            r"(?:^|`)make ([a-z][a-z0-9.-]*)", (ROOT / page).read_text("utf-8"), re.M
        )
        assert set(named) <= targets, page


def test_every_target_of_the_menu_is_explained():
    menu = subprocess.run(
        ["make", "-C", str(ROOT), "menu"], capture_output=True, text=True, check=True
    ).stdout

    for target in ("demo", "test", "test-fast", "bench", "lint"):
        assert re.search(rf"^  make {target} +\S", menu, re.M), target


def test_decisions_are_numbered_without_gaps():
    pages = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))

    assert [page[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]


def test_every_decision_says_context_choice_alternatives_and_consequences():
    for page in sorted((ROOT / "docs/decisions").glob("*.md")):
        headings = re.findall(r"^## (.+)$", page.read_text("utf-8"), re.M)
        assert headings == ["Context", "Choice", "Alternatives", "Consequences"], page.name


def glossary() -> dict[str, str]:
    """English term → Chinese term, from the rows of the glossary's tables."""
    text = (ROOT / "docs/glossary.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| [^|]+? \|$", text, re.M)
    return {english: chinese for english, chinese in rows if chinese != "中文"}


def test_glossary_has_every_noun_of_a_rule():
    """The nouns are the public names of `engine.rules`: what a rule can be made of."""
    from craftpath.engine import rules

    # Parts that no reader of a rule meets by this name.
    inner = {"Test", "Subject", "WindowKind", "AnySubject", "SameAsFocus", "OneOf", "FocusIn"}
    inner |= {"RelatedToFocus", "AllOf", "AnyOf", "NoneOf", "Label"}
    said = {term.casefold().replace(" ", "") for term in glossary()}

    assert {
        name for name in rules.__all__ if name not in inner and name.casefold() not in said
    } == set()


def test_glossary_has_one_word_per_thing():
    terms = glossary()

    assert len(set(terms.values())) == len(terms) > 30


def test_links_between_pages_lead_somewhere():
    pages = [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "changelog.d").glob("*.md"),
    ]
    for page in pages:
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:", link):
                assert (page.parent / link).exists(), f"{page.relative_to(ROOT)} → {link}"


# --- the package ---------------------------------------------------------------------------


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements if isinstance(one, str))
    return {re.sub(r"[._-]+", "-", one[0]).lower() for one in found if one}


def locked(lock: str) -> set[str]:
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9-]+)==", text, re.M))


def test_locks_hold_what_the_project_names():
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    needed = names(project["dependencies"])

    assert needed <= locked("run.lock") <= locked("dev.lock")
    assert names(project["optional-dependencies"]["spark"]) <= locked("spark.lock")
    for name, group in groups.items():
        assert names(group) <= locked("interop.lock" if name == "interop" else "dev.lock")


@pytest.mark.parametrize("lock", ["run.lock", "dev.lock", "spark.lock", "interop.lock"])
def test_locks_have_hashes_and_no_addresses(lock: str):
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    pins = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.M)[1:]

    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def test_the_lock_of_npm_has_hashes_and_no_addresses():
    packages = json.loads((ROOT / "tests/interop/package-lock.json").read_text("utf-8"))["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


def test_every_dependency_has_its_reason():
    """One line, one dependency, one comment that says what it is for."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    head = text[text.index("[project]") : text.index("[tool.")]
    lines = re.findall(r'^ {4}"[A-Za-z0-9.-]+>=[^"]+",.*$', head, re.M)

    assert len(lines) > 10
    assert [line for line in lines if not re.search(r"# \w.{8,}", line)] == []
