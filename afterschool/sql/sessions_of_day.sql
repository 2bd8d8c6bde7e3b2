-- Grain: a meeting of a group on one of %(days)s, by the timetable of the day's weekday or of the weekday that the school follows on
-- it; all schools and groups, or those in %(schools)s and %(groups)s. Answers with the sessions made by school and day.
-- Reads schools_schoolday and afterschool_servicebreak (which schools), afterschool_followedweekday, afterschool_coursegroup (its
-- times), afterschool_enrolment (who is expected).
-- Indexes: schools_schoolday_one_per_day (day first), afterschool_group_of_school, that of an enrolment's group.
-- The surprising choice: what is there already stays as it is, for a roll may hang on it; and a group that keeps a meeting at a time it
-- no longer has (it had begun or was called off when the timetable changed) gets none beside it on that day.
WITH taught AS (
    SELECT
        taught.school_id,
        taught.day,
        1440 * (coalesce(followed.weekday, extract(isodow FROM taught.day)::int) - 1) AS midnight
    FROM schools_schoolday AS taught
    LEFT JOIN afterschool_followedweekday AS followed ON followed.school_id = taught.school_id AND followed.day = taught.day
    WHERE taught.day = ANY (%(days)s::date[])
        AND NOT taught.is_cancelled
        AND (%(schools)s::bigint[] IS NULL OR taught.school_id = ANY (%(schools)s::bigint[]))
        AND NOT EXISTS (
            SELECT FROM afterschool_servicebreak AS stopped
            WHERE stopped.school_id = taught.school_id AND stopped.day = taught.day
        )
),
made AS (
    INSERT INTO afterschool_session (
        group_id, school_id, day, starts_at, ends_at, state, reason, expected, absent, on_leave, left_early, content
    )
    SELECT
        met.id,
        met.school_id,
        taught.day,
        time '00:00' + make_interval(mins => lower(slot) - taught.midnight),
        time '00:00' + make_interval(mins => upper(slot) - taught.midnight),
        'planned',
        '',
        (
            SELECT count(*) FROM afterschool_enrolment AS enrolment
            WHERE enrolment.group_id = met.id AND enrolment.first_day <= taught.day AND enrolment.last_day >= taught.day
        ),
        0, 0, 0, ''
    FROM taught
    JOIN afterschool_coursegroup AS met ON met.school_id = taught.school_id
        AND met.first_day <= taught.day AND met.last_day >= taught.day
    CROSS JOIN LATERAL unnest(met.weekly) AS slot
    WHERE lower(slot) >= taught.midnight AND lower(slot) < taught.midnight + 1440
        AND (%(groups)s::bigint[] IS NULL OR met.id = ANY (%(groups)s::bigint[]))
        AND NOT EXISTS (
            SELECT FROM afterschool_session AS kept
            WHERE kept.group_id = met.id AND kept.day = taught.day AND NOT int4range(
                taught.midnight + (extract(epoch FROM kept.starts_at) / 60)::int,
                taught.midnight + (extract(epoch FROM kept.ends_at) / 60)::int
            ) = ANY (met.weekly)
        )
    ON CONFLICT DO NOTHING
    RETURNING school_id, day
)
SELECT school_id, day, count(*) FROM made GROUP BY school_id, day
