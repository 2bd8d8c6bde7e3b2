-- Grain: a family's message that nobody has answered, at least %(least)s days after its last day, on %(day)s.
-- Reads: homework_feedback.
SELECT
    school_id AS owner_id,
    'feedback:' || id AS subject,
    NULL::bigint AS class_id,
    (sent_at AT TIME ZONE 'Asia/Shanghai')::date AS first_day,
    answer_by AS last_day,
    %(day)s::date - answer_by AS days
FROM homework_feedback
WHERE answered_at IS NULL AND answer_by + %(least)s::int <= %(day)s
