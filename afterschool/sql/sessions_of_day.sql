-- Grain: a meeting of a group on %(day)s, by the timetable of the weekday that begins at minute %(midnight)s of the week; all schools, or those in %(schools)s. Answers with the
-- number of sessions made, by school.
-- Reads schools_schoolday and afterschool_servicebreak (which schools), afterschool_coursegroup (its times), afterschool_enrolment
-- (who is expected).
-- Indexes: schools_schoolday_one_per_day (day first), afterschool_group_of_school, that of an enrolment's group.
-- The surprising choice: what is there already stays as it is, also where the timetable has changed since: a roll may hang on it.
WITH made AS (
    INSERT INTO afterschool_session (
        group_id, school_id, day, starts_at, ends_at, state, reason, expected, absent, on_leave, left_early, content
    )
    SELECT
        met.id,
        met.school_id,
        %(day)s,
        time '00:00' + make_interval(mins => lower(slot) - %(midnight)s),
        time '00:00' + make_interval(mins => upper(slot) - %(midnight)s),
        'planned',
        '',
        (
            SELECT count(*) FROM afterschool_enrolment AS enrolment
            WHERE enrolment.group_id = met.id AND enrolment.first_day <= %(day)s AND enrolment.last_day >= %(day)s
        ),
        0, 0, 0, ''
    FROM schools_schoolday AS taught
    JOIN afterschool_coursegroup AS met ON met.school_id = taught.school_id
        AND met.first_day <= %(day)s AND met.last_day >= %(day)s
    CROSS JOIN LATERAL unnest(met.weekly) AS slot
    WHERE taught.day = %(day)s
        AND NOT taught.is_cancelled
        AND (%(schools)s::bigint[] IS NULL OR taught.school_id = ANY (%(schools)s::bigint[]))
        AND lower(slot) >= %(midnight)s AND lower(slot) < %(midnight)s + 1440
        AND NOT EXISTS (
            SELECT FROM afterschool_servicebreak AS stopped
            WHERE stopped.school_id = taught.school_id AND stopped.day = %(day)s
        )
    ON CONFLICT DO NOTHING
    RETURNING school_id
)
SELECT school_id, count(*) FROM made GROUP BY school_id
