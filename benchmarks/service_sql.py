"""First day of accumulated service, in the best SQL that we could write by hand for DuckDB 2.

Every variant: read the spells, merge what overlaps or touches into stretches, give each stretch
its time (whole calendar months, then days, 30 to a month), sum up what went before, and find the
day within the stretch that first reaches the need. The variants differ in how they merge; the
fastest of the run counts.

What makes them quick, each tried: a party whose spells cannot add up is dropped before the work
starts (a 28-day February counts as 30 days, so 28 days a month is the bound); the end of a stretch
comes from the row after it (`lead`) instead of a `GROUP BY`, which took half as long again; the
crossing day is worked out only for stretches that reach it.
"""

from __future__ import annotations

FAR = "DATE '9000-01-01'"


def spells(file: str, known_on: str) -> str:
    return f"""
    SELECT party, start AS s, coalesce("end", {FAR}) AS e
    FROM '{file}'
    WHERE kind = 'employment' AND status = 'verified' AND ("end" IS NULL OR start < "end")
      AND known <= DATE '{known_on}' AND (known_until IS NULL OR known_until > DATE '{known_on}')"""


def anchored(file: str, known_on: str, level: int) -> str:
    """Spells cut to begin no earlier than each certificate of that level: one set an anchor."""
    return f"""
    SELECT spell.party, anchor.a, anchor.z, greatest(spell.s, anchor.a) AS s, spell.e
    FROM ({spells(file, known_on)}) AS spell
    JOIN (
        SELECT party, start AS a, coalesce("end", {FAR}) AS z
        FROM '{file}'
        WHERE kind = 'certificate' AND status = 'verified' AND level = {level}
          AND ("end" IS NULL OR start < "end") AND known <= DATE '{known_on}'
          AND (known_until IS NULL OR known_until > DATE '{known_on}')
    ) AS anchor ON spell.party = anchor.party AND spell.e > anchor.a"""


def deaths(file: str) -> str:
    return (
        f"""SELECT party, "end" AS died FROM '{file}' WHERE kind = 'birth' AND "end" IS NOT NULL"""
    )


def _marked(variant: str, source: str, key: str, months: int) -> str:
    """CTEs up to `islands(key, s, e)`: stretches that neither overlap nor touch."""
    window = f"(PARTITION BY {key} ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    enough = 28 * months
    lead = f"""
    islands AS (
        SELECT {key}, s, coalesce(lead(seen) OVER (PARTITION BY {key} ORDER BY s), last) AS e
        FROM marked WHERE total >= {enough} AND (seen IS NULL OR s > seen)
    )"""
    if variant == "one pass":
        return f"""spells AS ({source}),
    marked AS (
        SELECT {key}, s, max(e) OVER w AS seen, max(e) OVER p AS last, sum(e - s) OVER p AS total
        FROM spells
        WINDOW p AS (PARTITION BY {key}), w AS {window}
    ),{lead}"""
    if variant == "filtered first":
        return f"""everything AS ({source}),
    spells AS (
        SELECT * FROM everything QUALIFY sum(e - s) OVER (PARTITION BY {key}) >= {enough}
    ),
    marked AS (
        SELECT {key}, s, max(e) OVER w AS seen, max(e) OVER (PARTITION BY {key}) AS last,
               {enough} AS total
        FROM spells WINDOW w AS {window}
    ),{lead}"""
    if variant == "lists":
        return f"""spells AS ({source}),
    lives AS (
        SELECT {key}, list_sort(list({{'s': s, 'e': e}})) AS l
        FROM spells GROUP BY {key} HAVING sum(e - s) >= {enough}
    ),
    merged AS (
        SELECT {key}, list_reduce(
            list_transform(l, lambda x: [x]),
            lambda a, x: CASE WHEN x[1].s <= a[-1].e
                THEN a[:-2] || [{{'s': a[-1].s, 'e': greatest(a[-1].e, x[1].e)}}]
                ELSE a || x END) AS l
        FROM lives
    ),
    islands AS (SELECT {key}, unnest(l, recursive := true) FROM merged)"""
    raise ValueError(variant)


VARIANTS = ("one pass", "filtered first", "lists")


def first_day(variant: str, file: str, known_on: str, months: int, level: int | None = None) -> str:
    """A query for (party, d): the first day on which service reaches `months`.

    level  count only from a certificate of this level, while that certificate holds; the earliest
           such day over all of them
    """
    source = spells(file, known_on) if level is None else anchored(file, known_on, level)
    key = "party" if level is None else "party, a, z"
    until = "" if level is None else "AND d < z"
    need = 30 * months
    return f"""WITH {_marked(variant, source, key, months)},
    sized AS (SELECT {key}, s, e, datesub('month', s, e) AS m FROM islands),
    timed AS (
        SELECT {key}, s, e, (30 * m + (e - (s + to_months(m::INT))::DATE))::INT AS own FROM sized
    ),
    summed AS (
        SELECT *, coalesce(sum(own) OVER (
            PARTITION BY {key} ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0)::INT AS before
        FROM timed
    ),
    crossed AS (
        SELECT {key}, e, CASE
            WHEN before = 0 THEN (s + to_months({months}))::DATE
            WHEN before >= {need} THEN s + 1
            ELSE least(
                (s + to_months((({need} - before - 1) // 30 + 1)::INT))::DATE,
                (s + to_months((({need} - before - 1) // 30)::INT))::DATE
                    + (({need} - before - 1) % 30 + 1)::INT
            ) END AS d
        FROM summed WHERE before + own >= {need}
    ),
    firsts AS (SELECT party, min(d) AS d FROM crossed WHERE d <= e {until} GROUP BY party)
    SELECT party, d FROM firsts LEFT JOIN ({deaths(file)}) USING (party)
    WHERE died IS NULL OR d < died"""
