-- The same rows as a month of reports/sql/homework_tally.sql gives, by one statement without days, locks or deletes.
INSERT INTO bench_tally (
    school_id, day, grade, classes, subjects_due, subjects_spoken, published, complete, on_time,
    judged, over_limit, written_minutes, days_off, days_off_over, waiting
)
WITH due AS (
    SELECT taught.school_id, taught.day, class.id AS class_id, class.entry_grade + %(school_year)s - class.entry_year AS grade
    FROM schools_schoolday AS taught
    JOIN schools_classgroup AS class ON class.school_id = taught.school_id
    WHERE taught.day BETWEEN %(first_day)s AND %(last_day)s
        AND NOT taught.is_cancelled
        AND class.first_day <= taught.day AND (class.last_day IS NULL OR class.last_day >= taught.day)
),
subjects AS (
    SELECT class.id AS class_id, count(DISTINCT teaching.subject_id) AS due
    FROM schools_classgroup AS class
    JOIN schools_teaching AS teaching ON teaching.class_group_id = class.id
        AND teaching.first_day <= %(first_day)s AND (teaching.last_day IS NULL OR teaching.last_day >= %(last_day)s)
    JOIN schools_subject AS subject ON subject.id = teaching.subject_id
        AND class.entry_grade + %(school_year)s - class.entry_year = ANY (subject.homework_grades)
    GROUP BY class.id
)
SELECT
    due.school_id,
    due.day,
    due.grade,
    count(*),
    sum(coalesce(notice.subjects_due, subjects.due, 0)),
    sum(coalesce(notice.subjects_spoken, 0)),
    count(notice.published_at),
    count(*) FILTER (WHERE notice.is_complete),
    count(*) FILTER (WHERE notice.is_on_time),
    count(*) FILTER (WHERE notice.is_complete AND notice.covers_until IS NULL),
    count(*) FILTER (WHERE notice.is_complete AND notice.covers_until IS NULL AND notice.breached_rule <> ''),
    coalesce(sum(notice.load_minutes) FILTER (WHERE notice.is_complete AND notice.covers_until IS NULL), 0),
    count(*) FILTER (WHERE notice.is_complete AND notice.covers_until IS NOT NULL),
    count(*) FILTER (WHERE notice.is_complete AND notice.covers_until IS NOT NULL AND notice.breached_rule <> ''),
    count(*) FILTER (WHERE notice.review = 'pending')
FROM due
LEFT JOIN subjects ON subjects.class_id = due.class_id
LEFT JOIN homework_notice AS notice ON notice.day = due.day AND notice.class_group_id = due.class_id
WHERE due.grade BETWEEN 1 AND 9
GROUP BY due.school_id, due.day, due.grade
