-- Grain: school x day x grade, for the schools that teach on %(day)s; all of them, or those in %(schools)s.
-- Reads: schools_schoolday (which schools), schools_classgroup (what was due), homework_notice (what was done, with its stored
-- verdict); schools_teaching, schools_subject and the schools' weekly plans only for classes without a notice.
-- Indexes: schools_schoolday_one_per_day (day first), homework_notice_one_per_class_and_day (day first).
-- A silent class still counts as due, with all its subjects; that is why the join is a left one. As in homework.rules, only
-- the subjects whose turn it is are due where the plan names some, and all of them on a no-homework day.
WITH rota AS (
    SELECT plan.school_id, entry.grade, array_agg(entry.subject_id) AS subjects
    FROM homework_weekplan AS plan
    JOIN homework_weekplanentry AS entry ON entry.plan_id = plan.id
    WHERE plan.first_day <= %(day)s AND (plan.last_day IS NULL OR plan.last_day >= %(day)s)
        AND entry.weekday = extract(isodow FROM %(day)s::date)
    GROUP BY plan.school_id, entry.grade
    HAVING bool_and(entry.subject_id IS NOT NULL)
)
INSERT INTO reports_homeworktally (
    school_id, day, grade, classes, subjects_due, subjects_spoken, published, complete, on_time,
    judged, over_limit, written_minutes, days_off, days_off_over, waiting
)
SELECT
    due.school_id,
    %(day)s,
    due.grade,
    count(*),
    sum(coalesce(notice.subjects_due, (
        SELECT count(DISTINCT teaching.subject_id)
        FROM schools_teaching AS teaching
        JOIN schools_subject AS subject ON subject.id = teaching.subject_id
        WHERE teaching.class_group_id = due.class_id
            AND teaching.first_day <= %(day)s AND (teaching.last_day IS NULL OR teaching.last_day >= %(day)s)
            AND due.grade = ANY (subject.homework_grades)
            AND (rota.subjects IS NULL OR teaching.subject_id = ANY (rota.subjects))
    ))),
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
FROM (
    SELECT class.school_id, class.id AS class_id, class.entry_grade + %(school_year)s - class.entry_year AS grade
    FROM schools_schoolday AS taught
    JOIN schools_classgroup AS class ON class.school_id = taught.school_id
    WHERE taught.day = %(day)s
        AND NOT taught.is_cancelled
        AND (%(schools)s::bigint[] IS NULL OR taught.school_id = ANY (%(schools)s::bigint[]))
        AND class.first_day <= %(day)s AND (class.last_day IS NULL OR class.last_day >= %(day)s)
) AS due
LEFT JOIN homework_notice AS notice ON notice.day = %(day)s AND notice.class_group_id = due.class_id
LEFT JOIN rota ON rota.school_id = due.school_id AND rota.grade = due.grade
WHERE due.grade BETWEEN 1 AND 9
GROUP BY due.school_id, due.grade
