-- Grain: a class without a published notice on the last %(least)s school days up to %(day)s, of a school that published
-- something on these days; a school of which nothing is heard is one finding of its own (silent_school.sql).
-- Reads: schools_schoolday (school, day), homework_notice (homework_notice_one_per_class_and_day), schools_classgroup.
WITH taught AS (
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
),
spoke AS (
    SELECT class.id AS class_id, class.school_id
    FROM taught
    JOIN schools_classgroup AS class ON class.school_id = taught.school_id
    JOIN homework_notice AS notice ON notice.class_group_id = class.id
        AND notice.day BETWEEN taught.first_day AND taught.last_day AND notice.published_at IS NOT NULL
    GROUP BY class.id, class.school_id
)
SELECT
    class.school_id AS owner_id,
    'class:' || class.id AS subject,
    class.id AS class_id,
    taught.first_day,
    taught.last_day,
    taught.days
FROM taught
JOIN schools_classgroup AS class ON class.school_id = taught.school_id
    AND class.first_day <= taught.first_day AND (class.last_day IS NULL OR class.last_day >= %(day)s)
    AND class.entry_grade + %(school_year)s - class.entry_year BETWEEN 1 AND 9
WHERE NOT EXISTS (SELECT FROM spoke WHERE spoke.class_id = class.id)
    AND EXISTS (SELECT FROM spoke WHERE spoke.school_id = class.school_id)
