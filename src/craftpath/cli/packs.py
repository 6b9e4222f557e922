"""`craftpath pack check`, `show` and `test`."""

from __future__ import annotations

import time
from collections.abc import Sequence

import click

from craftpath.cli.says import Failure, screen
from craftpath.pack.cases import Case
from craftpath.pack.load import load_pack
from craftpath.pack.nouns import Pack
from craftpath.pack.problems import nearest

__all__ = ["check", "show", "show_programmes", "show_writes", "test"]


def check(path: str) -> int:
    """Every problem, one to a line; exit status 1 where there is any.

    What may be a slip and may be meant is told on the error stream, and fails nothing.
    """
    from craftpath.pack.check import check_pack
    from craftpath.pack.slips import find_slips

    problems = check_pack(path)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(f"{len(problems)} 个问题 / problems", err=True)
        return 1
    pack = load_pack(path)
    for slip in find_slips(pack):
        click.echo(f"留意 / look at: {slip}", err=True)
    click.echo(f"{pack.id} {pack.version}：{len(pack.rules)} 条规则，没有问题 / rules, no problem")
    return 0


def show(rule: str | None, pack: str, lang: str) -> None:
    """A rule in words; without one, the list of rules."""
    from craftpath.pack.show import show_rule, show_rules

    loaded = load_pack(pack)
    if rule is None:
        click.echo(show_rules(loaded, lang))
        return
    if loaded.rule(rule) is None:
        near = nearest(rule, [one.id for one in loaded.rules])
        raise Failure(
            f"规则包 {loaded.id} 中没有规则 {rule}" + (f"，是不是 {near}？" if near else "。"),
            f"The pack {loaded.id} has no rule {rule}"
            + (f"; did you mean {near}?" if near else ".")
            + f" It has:\n{show_rules(loaded, lang)}",
        )
    click.echo(show_rule(loaded, rule, lang), nl=False)


def show_programmes(pack: str, lang: str) -> None:
    """The list of programmes."""
    from craftpath.pack.show import show_programmes

    click.echo(show_programmes(load_pack(pack), lang))


def show_writes(pack: str, lang: str) -> None:
    """Whose word makes a record verified, kind by kind."""
    from craftpath.pack.show_writes import show_writes

    click.echo(show_writes(load_pack(pack), lang))


def test(path: str, mutants: bool) -> int:
    """Run the cases; with `mutants`, name the changes to the pack that no case notices."""
    from craftpath.pack.case_lines import read_cases
    from craftpath.pack.cases import run_cases

    pack = load_pack(path)
    cases, problems = read_cases(pack.case_nodes, pack.rules, pack.vocabulary)
    for problem in problems:
        click.echo(str(problem))
    started = time.perf_counter()
    failures = list(run_cases(pack.rules, pack.vocabulary, cases))
    for failure in failures:
        click.echo(str(failure))
    seconds = time.perf_counter() - started
    click.echo(f"{len(cases)} 个用例，{len(failures)} 个不符 / cases, failures ({seconds:.1f} s)")
    if failures or problems:
        return 1
    return _mutants(pack, cases) if mutants else 0


def _mutants(pack: Pack, cases: Sequence[Case]) -> int:
    """The mutants that survive, one to a line with file and line; exit status 1 where any does."""
    from rich.progress import Progress

    from craftpath.pack.mutants import find_survivors

    said = screen(err=True)
    with Progress(console=said, transient=True, disable=not said.is_terminal) as progress:
        task = progress.add_task("变异 mutants", total=None)
        report = find_survivors(
            pack.rules,
            pack.vocabulary,
            cases,
            pack.places,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    click.echo(str(report))
    return 1 if report.survivors else 0
