"""The snapshot benefit as an OpenFisca tax and benefit system: what its authors would write.

Inputs for the day asked, one variable a route, one variable that joins them. Ages are worked out
inside, from the birth date, as OpenFisca's country template does; everything else is ready.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pyarrow as pa
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

DAY = "2025-08-27"

Person = build_entity(key="person", plural="persons", label="A person", is_person=True)


def _input(name: str, kind: type) -> type[Variable]:
    return type(
        name,
        (Variable,),
        {"value_type": kind, "entity": Person, "definition_period": DateUnit.DAY, "label": name},
    )


INPUTS = {"insured": bool, "employed": bool, "titled": bool, "best_level": int}
INPUTS |= {"recent_level": int, "certificates": int, "birth": dt.date, "service": int}


class age(Variable):
    value_type = int
    entity = Person
    definition_period = DateUnit.DAY
    label = "Whole years since birth"

    def formula(person: Any, period: Any) -> Any:
        # As in the country template's `demographics.py`.
        birth = person("birth", period)
        birth_year = birth.astype("datetime64[Y]").astype(int) + 1970
        birth_month = birth.astype("datetime64[M]").astype(int) % 12 + 1
        birth_day = (birth - birth.astype("datetime64[M]")).astype(int) + 1
        past = (birth_month < period.start.month) + (birth_month == period.start.month) * (
            birth_day <= period.start.day
        )
        return (period.start.year - birth_year) - np.where(past, 0, 1)


class recent(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "16 to 60, insured, a certificate of level 3 or above within 12 months"

    def formula(person: Any, period: Any) -> Any:
        not_over_60 = person("birth", period) >= np.datetime64(period.start.offset(-60, "year"))
        held = person("recent_level", period) >= 4
        return (person("age", period) >= 16) * not_over_60 * person("insured", period) * held


class young(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "under 35, employed, level 4 or above, two certificates"

    def formula(person: Any, period: Any) -> Any:
        held = (person("best_level", period) >= 3) * (person("certificates", period) >= 2)
        return (person("age", period) < 35) * person("employed", period) * held


class senior(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "45 or older, 5 years of service, level 2 or above, no title"

    def formula(person: Any, period: Any) -> Any:
        served = person("service", period) >= 5
        untitled = ~person("titled", period)
        return (
            (person("age", period) >= 45) * served * (person("best_level", period) >= 5) * untitled
        )


class benefit(Variable):
    value_type = bool
    entity = Person
    definition_period = DateUnit.DAY
    label = "Any of the three routes"

    def formula(person: Any, period: Any) -> Any:
        return person("recent", period) + person("young", period) + person("senior", period)


def system() -> TaxBenefitSystem:
    made = TaxBenefitSystem([Person])
    made.add_variables(*(_input(name, kind) for name, kind in INPUTS.items()))
    made.add_variables(age, recent, young, senior, benefit)
    return made


def inputs(ready: pa.Table) -> dict[str, np.ndarray]:
    """Columns as OpenFisca takes them: plain arrays; service in whole years."""
    day = np.datetime64(DAY)
    since = ready.column("working_since").fill_null(dt.date(2900, 1, 1)).to_numpy()
    served = (_as_number(day) - _as_number(since)) // 10000
    made = {"service": np.maximum(served, 0).astype(np.int32)}
    for name in INPUTS.keys() - made.keys():
        made[name] = np.ascontiguousarray(ready.column(name).to_numpy())
    return made


def _as_number(days: np.ndarray | np.datetime64) -> np.ndarray:
    """Days as numbers like 20250827, whose difference // 10000 is whole years."""
    month = days.astype("datetime64[M]")
    year = month.astype("datetime64[Y]").astype(np.int64) + 1970
    number = year * 10000 + (month.astype(np.int64) % 12 + 1) * 100
    return number + (days - month).astype(np.int64) + 1


def run(tax_benefit_system: TaxBenefitSystem, columns: dict[str, np.ndarray]) -> np.ndarray:
    """A new simulation from ready columns; True where the person qualifies."""
    count = len(columns["birth"])
    simulation = SimulationBuilder().build_default_simulation(tax_benefit_system, count)
    for name, column in columns.items():
        simulation.set_input(name, DAY, column)
    return np.asarray(simulation.calculate("benefit", DAY))
