-- What families said of notices' real minutes, summed once per group of schools, per class and per subject.
-- Grain: one row per grain and id ("group": the label handed in; "class", "subject": their ids), of notices of
-- first_day to last_day in the schools. Only the grains asked for are made.
-- Reads homework_timesample by its school, homework_notice by key, homework_item by its notice.
-- The surprising choice: a paper sample is one row for several pupils, so rows are repeated `answers` times before the
-- medians are taken. A subject has the answers of every notice in which it set written work for home: families answer
-- for the whole notice.
WITH said AS (
    SELECT sample.notice_id, sample.school_id, notice.class_group_id, sample.minutes, sample.finished, sample.answers,
           notice.load_minutes, notice.limit_minutes
    FROM homework_timesample AS sample
    JOIN homework_notice AS notice ON notice.id = sample.notice_id
    WHERE sample.school_id = ANY(%(schools)s::bigint[]) AND notice.day BETWEEN %(first_day)s AND %(last_day)s
),
labelled AS (
    SELECT 'group' AS grain, label.id, said.*
    FROM said
    JOIN unnest(%(schools)s::bigint[], %(labels)s::int[]) AS label (school_id, id) ON label.school_id = said.school_id
    WHERE 'group' = ANY(%(grains)s::text[])
    UNION ALL
    SELECT 'class', said.class_group_id, said.*
    FROM said
    WHERE 'class' = ANY(%(grains)s::text[])
    UNION ALL
    SELECT 'subject', subject.subject_id, said.*
    FROM said
    JOIN LATERAL (
        SELECT DISTINCT item.subject_id
        FROM homework_item AS item
        WHERE item.notice_id = said.notice_id AND item.withdrawn_at IS NULL
          AND item.kind = 'written' AND item.place = 'home'
    ) AS subject ON true
    WHERE 'subject' = ANY(%(grains)s::text[])
)
SELECT grain, id,
       count(*),
       count(*) FILTER (WHERE finished),
       count(*) FILTER (WHERE limit_minutes > 0),
       count(*) FILTER (WHERE limit_minutes > 0 AND finished AND minutes <= limit_minutes),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY load_minutes),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes - load_minutes)
FROM labelled
CROSS JOIN LATERAL generate_series(1, answers)
GROUP BY grain, id
