"""`craftpath pack check`, `show` and `test`."""

from __future__ import annotations

import time

import click

from craftpath.cli.says import Failure
from craftpath.pack.load import load_pack

__all__ = ["check", "show", "test"]


def check(path: str) -> int:
    """Every problem, one to a line; exit status 1 where there is any."""
    from craftpath.pack.check import check_pack

    problems = check_pack(path)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        click.echo(f"{len(problems)} 个问题 / problems", err=True)
        return 1
    pack = load_pack(path)
    click.echo(f"{pack.id} {pack.version}：{len(pack.rules)} 条规定，没有问题 / rules, no problem")
    return 0


def show(rule: str, pack: str, lang: str) -> None:
    from craftpath.pack.show import show_rule

    loaded = load_pack(pack)
    if loaded.rule(rule) is None:
        known = "\n".join(f"  {r.id}  {r.label[lang] or r.label.zh}" for r in loaded.rules)
        raise Failure(f"没有规定 {rule}，有 / no rule {rule}; there are:\n{known}")
    click.echo(show_rule(loaded, rule, lang))


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
    click.echo(f"{len(cases)} 个案例，{len(failures)} 个不符 / cases, failures ({seconds:.1f} s)")
    if failures or problems:
        return 1
    return _mutants(pack, cases) if mutants else 0
