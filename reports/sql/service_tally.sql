-- Grain: school x day, for the open schools that teach on %(day)s; all of them, or those in %(schools)s.
-- Reads: schools_schoolday and schools_orgunit (which schools), afterschool_session (what happened) with the worker of the
-- session or else of its group, afterschool_plan (what was filed), afterschool_servicebreak.
-- Indexes: schools_schoolday_one_per_day (day first), afterschool_session_of_school (a probe per school).
-- A silent school still counts as due. Minutes are the clock's: two groups at one time serve it once, a pause between not at all.
WITH due AS (
    SELECT taught.school_id
    FROM schools_schoolday AS taught
    JOIN schools_orgunit AS unit ON unit.id = taught.school_id
    WHERE taught.day = %(day)s
        AND NOT taught.is_cancelled
        AND (%(schools)s::bigint[] IS NULL OR taught.school_id = ANY (%(schools)s::bigint[]))
        AND unit.opened_on <= %(day)s AND (unit.closed_on IS NULL OR unit.closed_on > %(day)s)
),
met AS (
    SELECT session.*, worker.kind AS worker_kind, coalesce(worker.user_id, -worker.id) AS person
    FROM due
    JOIN afterschool_session AS session ON session.school_id = due.school_id AND session.day = %(day)s
    JOIN afterschool_coursegroup AS course_group ON course_group.id = session.group_id
    JOIN afterschool_worker AS worker ON worker.id = coalesce(session.worker_id, course_group.worker_id)
),
served AS (
    SELECT school_id, sum(upper(stretch) - lower(stretch)) AS minutes
    FROM (
        SELECT school_id, unnest(range_agg(int4range(
            extract(epoch FROM starts_at)::int / 60, extract(epoch FROM ends_at)::int / 60
        ))) AS stretch
        FROM met
        WHERE state = 'held' AND ends_at > starts_at
        GROUP BY school_id
    ) AS stretches
    GROUP BY school_id
),
counted AS (
    SELECT
        school_id,
        count(*) AS planned,
        count(*) FILTER (WHERE state = 'held') AS held,
        count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
        coalesce(sum(expected) FILTER (WHERE state = 'held'), 0) AS expected,
        coalesce(sum(absent) FILTER (WHERE state = 'held'), 0) AS absent,
        coalesce(sum(on_leave) FILTER (WHERE state = 'held'), 0) AS on_leave,
        coalesce(sum(left_early) FILTER (WHERE state = 'held'), 0) AS left_early,
        count(DISTINCT person) FILTER (WHERE state = 'held') AS workers,
        count(DISTINCT person) FILTER (WHERE state = 'held' AND worker_kind <> 'own') AS outside_workers
    FROM met
    GROUP BY school_id
)
INSERT INTO reports_servicetally (
    school_id, day, days, planned, held, cancelled, expected, present, absent, on_leave, left_early,
    workers, outside_workers, minutes, served, has_break, unexcused, plan_in_force, plan_ok
)
SELECT
    due.school_id,
    %(day)s,
    1,
    coalesce(counted.planned, 0),
    coalesce(counted.held, 0),
    coalesce(counted.cancelled, 0),
    coalesce(counted.expected, 0),
    coalesce(counted.expected - counted.absent - counted.on_leave, 0),
    coalesce(counted.absent, 0),
    coalesce(counted.on_leave, 0),
    coalesce(counted.left_early, 0),
    coalesce(counted.workers, 0),
    coalesce(counted.outside_workers, 0),
    coalesce(served.minutes, 0),
    (coalesce(counted.held, 0) > 0)::int,
    (break.id IS NOT NULL)::int,
    (coalesce(counted.held, 0) = 0 AND break.id IS NULL)::int,
    (plan.id IS NOT NULL)::int,
    (plan.id IS NOT NULL AND cardinality(plan.failures) = 0)::int
FROM due
LEFT JOIN counted ON counted.school_id = due.school_id
LEFT JOIN served ON served.school_id = due.school_id
LEFT JOIN afterschool_servicebreak AS break ON break.school_id = due.school_id AND break.day = %(day)s
LEFT JOIN afterschool_plan AS plan ON plan.school_id = due.school_id AND plan.state = 'filed'
    AND plan.first_day <= %(day)s AND plan.last_day >= %(day)s
