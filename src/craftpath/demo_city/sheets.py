"""Sheets that the employer brought in: one written, one with rows to correct."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

import numpy as np

from craftpath.demo_city.making import Making
from craftpath.demo_city.naming import people_names, person_number
from craftpath.registry.actions.imports import check_batch, commit_batch, upload, write_slices
from craftpath.sample.draws import Draws

__all__ = ["bring_sheets_in"]

_HEADINGS = ["姓名", "证件号码", "职业", "入职日期", "离职日期", "地区"]


def bring_sheets_in(making: Making) -> None:
    """The employer's new people of this year, and a sheet typed in a hurry."""
    hr = making.cast.actor("hr")
    good = _staff(making, making.count(40, 5), first=0)
    batch = upload(hr, "staff", f"{making.today.year}年新入职员工.csv", _sheet(good), enqueue=False)
    check_batch(batch.pk)
    commit_batch(hr, batch.pk, enqueue=False)
    write_slices(batch.pk)
    bad = _staff(making, making.count(15, 6), first=1000)
    bad[1][1] = bad[1][1][:-1] + ("0" if bad[1][1][-1] != "0" else "1")  # a wrong check digit
    bad[2][3] = f"{making.today.year}-02-30"
    bad[3][2] = "电焊大师傅"
    bad[4][0] = ""
    batch = upload(hr, "staff", "临时工名单.csv", _sheet(bad), enqueue=False)
    check_batch(batch.pk)


def _staff(making: Making, count: int, first: int) -> list[list[str]]:
    ids = np.arange(first, first + count, dtype=np.int64)
    male = ids % 2 == 1
    names = people_names(Draws(41), ids, male)
    rows = []
    for at, name in enumerate(names):
        born = dt.date(1975, 1, 1) + dt.timedelta(days=int(ids[at]) * 97 % 10_000)
        began = making.day(-200 + at)
        number = person_number(born, 601 + 2 * (at % 100) - (0 if male[at] else 1))
        rows.append([name.zh, number, "焊工", began.isoformat(), "", "长安镇"])
    return rows


def _sheet(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_HEADINGS, *rows])
    return out.getvalue().encode("utf-8-sig")
