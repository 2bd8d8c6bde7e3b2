-- Grain: group of schools (%(numbers)s beside %(schools)s; a school may stand in several). Persons and teachers who served in
-- a held session from %(first_day)s to %(last_day)s, teachers in post on the last day, courses and groups that ran.
-- Reads: afterschool_session (afterschool_session_of_school) with the worker of the session or else of its group,
-- schools_staff. Somebody with an account is one person in all schools; without one, one in each.
WITH member AS (
    SELECT number, school_id FROM unnest(%(numbers)s::int[], %(schools)s::bigint[]) AS member (number, school_id)
),
met AS (
    SELECT DISTINCT session.school_id, session.group_id, course_group.course_id,
        coalesce(session.worker_id, course_group.worker_id) AS worker_id
    FROM afterschool_session AS session
    JOIN afterschool_coursegroup AS course_group ON course_group.id = session.group_id
    WHERE session.school_id = ANY (%(schools)s::bigint[])
        AND session.day BETWEEN %(first_day)s AND %(last_day)s
        AND session.state = 'held'
),
in_post AS (
    SELECT school_id, user_id
    FROM schools_staff
    WHERE school_id = ANY (%(schools)s::bigint[])
        AND first_day <= %(last_day)s AND (last_day IS NULL OR last_day >= %(last_day)s)
),
serving AS (
    SELECT DISTINCT met.school_id, coalesce(worker.user_id, -worker.id) AS person, worker.kind <> 'own' AS is_outside,
        CASE WHEN worker.kind = 'own' THEN in_post.user_id END AS teacher
    FROM met
    JOIN afterschool_worker AS worker ON worker.id = met.worker_id
    LEFT JOIN in_post ON in_post.school_id = met.school_id AND in_post.user_id = worker.user_id
),
running AS (
    SELECT DISTINCT met.school_id, met.group_id, course.kind
    FROM met
    JOIN afterschool_course AS course ON course.id = met.course_id
)
SELECT
    number,
    coalesce(people.persons, 0),
    coalesce(people.outsiders, 0),
    coalesce(people.teachers, 0),
    coalesce(posts.teachers, 0),
    coalesce(courses.kinds, 0),
    coalesce(courses.groups, 0)
FROM (SELECT DISTINCT number FROM member) AS numbered
LEFT JOIN (
    SELECT number, count(DISTINCT person) AS persons, count(DISTINCT person) FILTER (WHERE is_outside) AS outsiders,
        count(DISTINCT teacher) AS teachers
    FROM member JOIN serving USING (school_id)
    GROUP BY number
) AS people USING (number)
LEFT JOIN (
    SELECT number, count(DISTINCT user_id) AS teachers FROM member JOIN in_post USING (school_id) GROUP BY number
) AS posts USING (number)
LEFT JOIN (
    SELECT number, count(DISTINCT kind) AS kinds, count(*) AS groups
    FROM member JOIN running USING (school_id)
    GROUP BY number
) AS courses USING (number)
