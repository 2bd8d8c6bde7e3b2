-- Weeks of classes with a day without written homework (无作业日), counted per school.
-- Grain: a school. Handed in: the days of the weeks, each with its week (any number that tells weeks apart) and its school year;
-- the grades for which the State allows written work at home.
-- Reads schools_schoolday by school, schools_classgroup by school, homework_notice by class and day.
-- The surprising choice: only school days count. A class that said nothing all week has a week without such a day; a grade for
-- which a rule leaves no minutes anyway is no part of the count, for there every day would be one.
WITH none_allowed AS (
    SELECT place.unit_id AS school_id, rule.grade,
           greatest(rule.first_day, place.first_day) AS first_day, least(rule.last_day, place.last_day) AS last_day
    FROM homework_locallimit AS rule
    JOIN schools_orgunit AS unit ON unit.id = rule.unit_id
    JOIN schools_unitplace AS place ON position('/' || unit.code || '/' IN place.path) > 0
    JOIN schools_school AS school ON school.unit_id = place.unit_id
        AND rule.stage = CASE
            WHEN rule.grade < 6 OR rule.grade = 6 AND school.system = '6-3' THEN 'primary' ELSE 'junior'
        END
    WHERE rule.minutes = 0 AND rule.span = 'day' AND place.unit_id = ANY (%(schools)s::bigint[])
),
class_days AS (
    SELECT held.school_id, class.id AS class_id, day.week, held.day,
           class.entry_grade + day.school_year - class.entry_year AS grade
    FROM unnest(%(days)s::date[], %(weeks)s::int[], %(school_years)s::int[]) AS day (day, week, school_year)
    JOIN schools_schoolday AS held ON held.day = day.day AND NOT held.is_cancelled
    JOIN schools_classgroup AS class ON class.school_id = held.school_id
        AND class.first_day <= held.day AND (class.last_day IS NULL OR class.last_day >= held.day)
    WHERE held.school_id = ANY (%(schools)s::bigint[])
),
class_weeks AS (
    SELECT due.school_id, bool_or(coalesce(notice.is_complete AND notice.load_minutes = 0, false)) AS has_day
    FROM class_days AS due
    LEFT JOIN homework_notice AS notice ON notice.class_group_id = due.class_id AND notice.day = due.day
    WHERE due.grade = ANY (%(grades)s::int[])
        AND NOT EXISTS (
            SELECT FROM none_allowed AS rule
            WHERE rule.school_id = due.school_id AND rule.grade = due.grade
                AND rule.first_day <= due.day AND (rule.last_day IS NULL OR rule.last_day >= due.day)
        )
    GROUP BY due.school_id, due.class_id, due.week
)
SELECT school_id, count(*) FILTER (WHERE has_day), count(*)
FROM class_weeks
GROUP BY school_id
