-- Grain: a school with classes of which none published a notice on the last %(least)s school days up to %(day)s.
-- Reads: schools_schoolday (school, day), schools_classgroup, homework_notice (homework_notice_one_per_class_and_day).
SELECT
    taught.school_id AS owner_id,
    'school:' || taught.school_id AS subject,
    NULL::bigint AS class_id,
    taught.first_day,
    taught.last_day,
    taught.days
FROM (
    SELECT school.unit_id AS school_id, min(last.day) AS first_day, max(last.day) AS last_day, count(*) AS days
    FROM schools_school AS school
    JOIN schools_orgunit AS unit ON unit.id = school.unit_id
        AND unit.opened_on <= %(day)s AND (unit.closed_on IS NULL OR unit.closed_on > %(day)s)
    CROSS JOIN LATERAL (
        SELECT day FROM schools_schoolday
        WHERE school_id = school.unit_id AND day <= %(day)s AND NOT is_cancelled
        ORDER BY day DESC
        LIMIT %(least)s
    ) AS last
    GROUP BY school.unit_id
    HAVING count(*) = %(least)s AND max(last.day) = %(day)s
) AS taught
WHERE EXISTS (
        SELECT FROM schools_classgroup AS class
        WHERE class.school_id = taught.school_id
            AND class.first_day <= taught.first_day AND (class.last_day IS NULL OR class.last_day >= %(day)s)
            AND class.entry_grade + %(school_year)s - class.entry_year BETWEEN 1 AND 9
    )
    AND NOT EXISTS (
        SELECT FROM schools_classgroup AS class
        JOIN homework_notice AS notice ON notice.class_group_id = class.id
            AND notice.day BETWEEN taught.first_day AND taught.last_day AND notice.published_at IS NOT NULL
        WHERE class.school_id = taught.school_id
    )
