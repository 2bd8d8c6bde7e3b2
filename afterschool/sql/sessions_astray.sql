-- Grain: a session on one of %(days)s, not begun at %(now)s, that its group's timetable no longer has: the group is over or has
-- another time, or the school does not teach on the day; of all schools and groups, or those in %(schools)s and %(groups)s. Answers
-- with their ids and holds them. One of which something is known already (called, called off, an incident) is not astray.
-- Reads what sessions_of_day.sql reads.
-- Indexes: afterschool_session_of_school where schools are named, afterschool_session_once where groups are.
SELECT session.id
FROM afterschool_session AS session
JOIN afterschool_coursegroup AS met ON met.id = session.group_id
LEFT JOIN afterschool_followedweekday AS followed ON followed.school_id = session.school_id AND followed.day = session.day
CROSS JOIN LATERAL (
    SELECT 1440 * (coalesce(followed.weekday, extract(isodow FROM session.day)::int) - 1) AS midnight
) AS week
WHERE session.day = ANY (%(days)s::date[])
    AND session.day + session.starts_at > %(now)s::timestamp
    AND session.state = 'planned'
    AND (%(schools)s::bigint[] IS NULL OR session.school_id = ANY (%(schools)s::bigint[]))
    AND (%(groups)s::bigint[] IS NULL OR session.group_id = ANY (%(groups)s::bigint[]))
    AND NOT EXISTS (SELECT FROM afterschool_incident AS incident WHERE incident.session_id = session.id)
    AND NOT (
        session.day BETWEEN met.first_day AND met.last_day
        AND int4range(
            week.midnight + (extract(epoch FROM session.starts_at) / 60)::int,
            week.midnight + (extract(epoch FROM session.ends_at) / 60)::int
        ) = ANY (met.weekly)
        AND EXISTS (
            SELECT FROM schools_schoolday AS taught
            WHERE taught.school_id = session.school_id AND taught.day = session.day AND NOT taught.is_cancelled
        )
    )
FOR UPDATE OF session
