-- Grain: school of %(schools)s. joined: pupils who came at least once from %(first_day)s to %(last_day)s; five_days: of
-- these, those who came at least once on each weekday, Monday to Friday, on which their school taught in these days.
-- Reads: afterschool_session (afterschool_session_of_school), afterschool_enrolment (by group), afterschool_absence (by
-- session), schools_schoolday. Attendance has no row of its own: somebody enrolled came unless each time is an exception.
-- Weekdays are bits (2 Monday … 32 Friday: 62), so that a million pupils are one row each; only those with an exception
-- are looked at weekday by weekday.
WITH met AS (
    SELECT id, school_id, group_id, day, extract(isodow FROM day)::int AS weekday
    FROM afterschool_session
    WHERE school_id = ANY (%(schools)s::bigint[]) AND day BETWEEN %(first_day)s AND %(last_day)s AND state = 'held'
),
enrolled AS (
    SELECT pupil_id, group_id, first_day, last_day
    FROM afterschool_enrolment
    WHERE group_id IN (SELECT group_id FROM met) AND first_day <= %(last_day)s AND last_day >= %(first_day)s
),
offered AS (
    SELECT stretch.group_id, stretch.first_day, stretch.last_day, met.school_id, met.weekday, count(*) AS sessions
    FROM (SELECT DISTINCT group_id, first_day, last_day FROM enrolled) AS stretch
    JOIN met ON met.group_id = stretch.group_id AND met.day BETWEEN stretch.first_day AND stretch.last_day
    GROUP BY stretch.group_id, stretch.first_day, stretch.last_day, met.school_id, met.weekday
),
taking AS (
    SELECT enrolled.pupil_id, week.school_id, bit_or(week.days) AS days
    FROM enrolled
    JOIN (
        SELECT group_id, first_day, last_day, school_id, bit_or(1 << weekday) AS days
        FROM offered
        GROUP BY group_id, first_day, last_day, school_id
    ) AS week USING (group_id, first_day, last_day)
    GROUP BY enrolled.pupil_id, week.school_id
),
missed AS (
    SELECT absence.pupil_id, met.weekday, count(*) AS sessions
    FROM met
    JOIN afterschool_absence AS absence ON absence.session_id = met.id AND absence.kind IN ('absent', 'on_leave')
    JOIN enrolled ON enrolled.pupil_id = absence.pupil_id AND enrolled.group_id = met.group_id
        AND met.day BETWEEN enrolled.first_day AND enrolled.last_day
    GROUP BY absence.pupil_id, met.weekday
),
never AS (
    SELECT due.pupil_id, bit_or(1 << due.weekday) AS days
    FROM (
        SELECT enrolled.pupil_id, offered.weekday, sum(offered.sessions) AS sessions
        FROM (SELECT DISTINCT pupil_id FROM missed) AS excepted
        JOIN enrolled USING (pupil_id)
        JOIN offered USING (group_id, first_day, last_day)
        GROUP BY enrolled.pupil_id, offered.weekday
    ) AS due
    JOIN missed USING (pupil_id, weekday)
    WHERE missed.sessions >= due.sessions
    GROUP BY due.pupil_id
),
taught AS (
    SELECT school_id, bit_or(1 << extract(isodow FROM day)::int) & 62 AS days
    FROM schools_schoolday
    WHERE school_id = ANY (%(schools)s::bigint[]) AND day BETWEEN %(first_day)s AND %(last_day)s AND NOT is_cancelled
    GROUP BY school_id
)
SELECT came.school_id, count(*) AS joined, count(*) FILTER (WHERE came.days & taught.days = taught.days) AS five_days
FROM (
    SELECT taking.school_id, taking.days & ~coalesce(never.days, 0) AS days
    FROM taking
    LEFT JOIN never USING (pupil_id)
) AS came
JOIN taught USING (school_id)
WHERE came.days <> 0
GROUP BY came.school_id
