-- Grain: a session of %(days)s whose roll has not been taken; all schools, or those in %(schools)s. Sets who is expected to the
-- enrolments in force and answers with the schools and days on which that changed something.
-- Indexes: afterschool_session_of_school where schools are named, that of an enrolment's group.
WITH counted AS (
    SELECT session.id, count(enrolment.id) AS expected
    FROM afterschool_session AS session
    LEFT JOIN afterschool_enrolment AS enrolment ON enrolment.group_id = session.group_id
        AND enrolment.first_day <= session.day AND enrolment.last_day >= session.day
    WHERE session.day = ANY (%(days)s::date[])
        AND session.state = 'planned'
        AND (%(schools)s::bigint[] IS NULL OR session.school_id = ANY (%(schools)s::bigint[]))
    GROUP BY session.id
),
changed AS (
    UPDATE afterschool_session AS session SET expected = counted.expected
    FROM counted
    WHERE session.id = counted.id AND session.state = 'planned' AND session.expected <> counted.expected
    RETURNING session.school_id, session.day
)
SELECT school_id, day, count(*) FROM changed GROUP BY school_id, day
