"""Where things stand in the arrays that the compiler fills and the kernels read.

One table per noun, one row per instance, one named column per field: `patterns[p, KIND]`. The
names are plain module constants because compiled code takes them in as numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Int64 = npt.NDArray[np.int64]
Int32 = npt.NDArray[np.int32]
Float64 = npt.NDArray[np.float64]
UInt64 = npt.NDArray[np.uint64]

# How sure a match is.
NO, MAY, SURE = 0, 1, 2

# --- records (int32 [n, 6]) --------------------------------------------------------------
R_KIND, R_SUBJECT, R_LEVEL, R_START, R_END, R_SURE = range(6)
RECORD_FIELDS = 6

# --- patterns (int64 [n, 16]) ------------------------------------------------------------
(
    P_KIND,
    P_SUBJECT,  # how the subject is tested: S_…
    P_BITS,  # S_ONE_OF: first word of the bit set; S_RELATED: first word of the matrix
    P_WORDS,  # S_RELATED: words in a row of the matrix
    P_LEVEL_ASKED,
    P_LEVEL_LOW,
    P_LEVEL_HIGH,
    P_QUANTITY_ASKED,
    P_STARTED_FROM,
    P_STARTED_UNTIL,
    P_TERM_MONTHS,  # -1: no length asked
    P_TERM_DAYS,
    P_OTHER,  # pattern about the other party; -1: none
    P_OTHER_ON_START,
    P_ALREADY,  # pattern of a record held the day before; -1: none
    P_OPEN,  # the kind is open: absence settles nothing
) = range(16)
PATTERN_FIELDS = 16

S_ANY, S_FOCUS, S_ONE_OF, S_RELATED = range(4)

# --- tests (int64 [n, 10]) ---------------------------------------------------------------
T_OP, T_BY_FOCUS, T_A, T_B, T_C, T_D, T_E, T_F, T_G, T_H = range(10)
TEST_FIELDS = 10

(
    OP_HOLDS,  # A pattern
    OP_HELD_FOR,  # A pattern, B months, C days, D -1, E the test that the pattern holds
    OP_ACCUMULATED,  # A pattern, B months, C days, D since pattern or -1, E as above
    OP_TOTAL,  # A pattern, B sum?, C window, D months, E days, F years, G min?, H max?
    OP_WITHIN,  # A pattern, B months, C days
    OP_AGE,  # A,B at least; C,D under; E,F at most (months, days; months -1: not asked)
    OP_CALENDAR,  # A first of `ints`, B how many intervals
    OP_FOCUS_IN,  # A first word of the bit set, B negate
    OP_ALL,  # A first of `ints`, B how many children
    OP_ANY,
    OP_NONE,
    OP_PENDING,
) = range(12)

W_LIFE, W_ROLLING, W_CALENDAR_YEARS, W_FULL_YEARS = range(4)

# --- conditions, routes, versions, rules, groups -----------------------------------------
C_TEST, C_PLAN, C_PLAN_COUNT, C_NAME = range(4)
CONDITION_FIELDS = 4
(
    RT_CONDITIONS,
    RT_COUNT,
    RT_AMOUNT,
    RT_NAME,
    RT_NEEDS,  # where in `needs` the kinds stand without which nothing can hold
) = range(5)
ROUTE_FIELDS = 5
(
    V_FROM,
    V_UNTIL,
    V_CONDITIONS,
    V_COUNT,
    V_ROUTES,
    V_ROUTE_COUNT,
    V_NEEDS,
    V_OPENS,  # no day before this one and none from the next on can hold: the days in force,
    V_CLOSES,  # within what calendar conditions leave open
) = range(9)
VERSION_FIELDS = 9
(
    RU_VERSIONS,
    RU_COUNT,
    RU_ORGANISATION,
    RU_BY_RECORD,
    RU_NEEDS,
    RU_CONDITIONS,  # the rule's own conditions stand together, those of its amounts too
    RU_CONDITION_COUNT,
    RU_PAYS,
    RU_ASCENDS,  # versions follow one another in time and bound the day asked
) = range(9)
RULE_FIELDS = 9
G_LIST, G_RULES, G_COUNT, G_ORGANISATION = range(4)  # G_LIST -1: no focus
GROUP_FIELDS = 4
A_CASES, A_CASE_COUNT, A_ADDITIONS, A_ADDITION_COUNT = range(4)
AMOUNT_FIELDS = 4

# --- verdicts ----------------------------------------------------------------------------
QUALIFIES, LATER, UNKNOWN, NEVER = range(4)
VERDICTS = ("qualifies", "later", "unknown", "never")

# --- decisions (int32 [8, n]) ------------------------------------------------------------
(
    D_GROUP,
    D_FOCUS,
    D_RULE,
    D_VERDICT,
    D_ROUTE,
    D_FROM,
    D_UNTIL,
    D_MISSING,  # first in the list of missing conditions
) = range(8)
DECISION_FIELDS = 8


class Tables(NamedTuple):
    """A program: every rule of a pack as arrays (rows as laid out above)."""

    patterns: Int64
    quantities: Float64  # [pattern, 2] bounds, -inf and inf where not asked
    tests: Int64
    bounds: Float64  # [test, 2] bounds of totals
    ints: Int32  # children, calendars, plans: slices named by (first, count)
    bits: UInt64  # sets of codes and matrices of related codes
    conditions: Int32
    routes: Int32
    versions: Int32
    rules: Int32
    rule_order: Int32  # rules of each group, in pack order
    groups: Int32
    amounts: Int32
    amount_cases: Float64  # [case, 2]: condition or -1, value
    additions: Float64  # [addition, 2]: condition, percent
    caps: Float64  # [amount]
    needs: UInt64  # how many clauses, then each: a pair of words, one bit a kind, any one will do
    kinds: Int32  # [kind, 3]: code list or -1, has a scale, has a unit


class Others(NamedTuple):
    """The other parties that rules look at in one hop: visible records of organisations.

    ids       sorted party ids, int64 [n]
    offsets   int64 [n + 1] into the records
    """

    ids: Int64
    offsets: Int64
    records: Int32
    quantities: Float64
    others: Int64
