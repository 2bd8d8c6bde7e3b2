-- Grain: a school of whose week, of at least %(least)s school days and over with %(day)s, every school day fell short: no
-- session was held and no reason given, or no filed plan that keeps the rules was in force.
-- Reads: schools_schoolday (school, day), afterschool_session (afterschool_session_of_school), afterschool_servicebreak,
-- afterschool_plan. Sessions of which each was called off with its reason count as a reason.
WITH week AS (
    SELECT taught.school_id, taught.day
    FROM schools_schoolday AS taught
    JOIN schools_orgunit AS unit ON unit.id = taught.school_id
        AND unit.opened_on <= %(day)s AND (unit.closed_on IS NULL OR unit.closed_on > %(day)s)
    WHERE NOT taught.is_cancelled
        AND taught.day BETWEEN date_trunc('week', %(day)s::date)::date AND %(day)s
        AND NOT EXISTS (
            SELECT FROM schools_schoolday AS later
            WHERE later.school_id = taught.school_id AND NOT later.is_cancelled
                AND later.day > %(day)s AND later.day < date_trunc('week', %(day)s::date)::date + 7
        )
),
judged AS (
    SELECT
        week.school_id,
        week.day,
        NOT EXISTS (
            SELECT FROM afterschool_plan AS plan
            WHERE plan.school_id = week.school_id AND plan.state = 'filed' AND cardinality(plan.failures) = 0
                AND plan.first_day <= week.day AND plan.last_day >= week.day
        ) OR (
            NOT EXISTS (
                SELECT FROM afterschool_session AS session
                WHERE session.school_id = week.school_id AND session.day = week.day
                    AND session.state IN ('held', 'cancelled')
            )
            AND NOT EXISTS (
                SELECT FROM afterschool_servicebreak AS stopped
                WHERE stopped.school_id = week.school_id AND stopped.day = week.day
            )
        ) AS is_short
    FROM week
)
SELECT
    school_id AS owner_id,
    'school:' || school_id AS subject,
    NULL::bigint AS class_id,
    min(day) AS first_day,
    max(day) AS last_day,
    count(*) AS days
FROM judged
GROUP BY school_id
HAVING bool_and(is_short) AND count(*) >= %(least)s AND max(day) = %(day)s
