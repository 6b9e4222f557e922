-- The ready columns that OpenFisca, Polars and DuckDB start from: one row a person, as on the day
-- asked. Made before the clock runs; craftpath gets none of this and starts from the records.
WITH seen AS (
    SELECT *, start <= DATE '{day}' AND ("end" IS NULL OR "end" > DATE '{day}') AS now
    FROM '{file}'
    WHERE status = 'verified' AND known <= DATE '{day}'
      AND (known_until IS NULL OR known_until > DATE '{day}')
      AND ("end" IS NULL OR start < "end" OR kind = 'birth')
),
people AS (
    SELECT party, min(start) AS birth FROM seen
    WHERE kind = 'birth' GROUP BY party
    HAVING min(start) <= DATE '{day}' AND coalesce(arg_min("end", start), DATE '9000-01-01') > DATE '{day}'
),
facts AS (
    SELECT party,
        coalesce(bool_or(kind = 'insurance' AND now), false) AS insured,
        coalesce(bool_or(kind = 'employment' AND now), false) AS employed,
        coalesce(max(level) FILTER (WHERE kind = 'certificate' AND now), 0)::TINYINT AS best_level,
        coalesce(max(level) FILTER (WHERE kind = 'certificate' AND now
            AND start >= DATE '{day}' - INTERVAL 12 MONTH), 0)::TINYINT AS recent_level,
        count(*) FILTER (WHERE kind = 'certificate' AND start <= DATE '{day}')::SMALLINT AS certificates
    FROM seen GROUP BY party
),
-- A title that is only claimed leaves "no title" unsettled: such a person does not surely qualify.
titles AS (
    SELECT DISTINCT party FROM '{file}'
    WHERE kind = 'title' AND known <= DATE '{day}'
      AND (known_until IS NULL OR known_until > DATE '{day}')
      AND start <= DATE '{day}' AND ("end" IS NULL OR "end" > DATE '{day}')
),
-- The unbroken stretch of work that holds on the day: it began where nothing earlier touches it.
work AS (
    SELECT party, start AS s, coalesce("end", DATE '9000-01-01') AS e FROM seen
    WHERE kind = 'employment' AND start <= DATE '{day}'
),
marked AS (
    SELECT party, s, max(e) OVER (
        PARTITION BY party ORDER BY s ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM work
),
stretches AS (SELECT party, max(s) AS since FROM marked WHERE before IS NULL OR s > before GROUP BY party)
SELECT people.party, birth, insured, employed, titles.party IS NOT NULL AS titled, best_level, recent_level, certificates,
    -- null where the person does not work on the day
    CASE WHEN employed THEN since END AS working_since
FROM people LEFT JOIN facts USING (party) LEFT JOIN stretches USING (party)
LEFT JOIN titles USING (party)
ORDER BY people.party
