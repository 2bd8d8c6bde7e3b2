-- Grain: a class that was over the limit on at least %(least)s days of the week of %(day)s, up to that day.
-- Reads: homework_notice (homework_notice_one_per_class_and_day, day first), schools_classgroup.
SELECT
    class.school_id AS owner_id,
    'class:' || class.id AS subject,
    class.id AS class_id,
    min(notice.day) AS first_day,
    max(notice.day) AS last_day,
    count(*) AS days
FROM homework_notice AS notice
JOIN schools_classgroup AS class ON class.id = notice.class_group_id
WHERE notice.day BETWEEN date_trunc('week', %(day)s::date)::date AND %(day)s
    AND notice.breached_rule <> '' AND notice.published_at IS NOT NULL
GROUP BY class.id, class.school_id
HAVING count(*) >= %(least)s
