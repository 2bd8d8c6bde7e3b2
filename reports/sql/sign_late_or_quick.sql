-- Grain: school with published class-days from %(first_day)s to %(last_day)s. late: complete only after the cut-off.
-- quick: one person posted something there and, within %(seconds)s seconds, something for another class, day or subject.
-- Reads: homework_notice (homework_notice_of_school), homework_item (by notice).
-- One form sent to several classes is one posting: it leaves items of one day that are alike in all they say. Several
-- items of one subject for one class are one posting too. Persons' items are compared by stretches of %(seconds)s
-- seconds and their neighbours, so that the join is one of equals.
WITH notices AS (
    SELECT id, school_id, class_group_id, day, is_complete AND NOT is_on_time AS is_late
    FROM homework_notice
    WHERE school_id = ANY (%(schools)s::bigint[])
        AND day BETWEEN %(first_day)s AND %(last_day)s
        AND published_at IS NOT NULL
),
items AS (
    SELECT item.notice_id, notices.class_group_id, notices.day, item.posted_by_id, item.posted_at, item.subject_id,
        (item.content, item.kind, item.place, item.layer, item.minutes) AS said,
        floor(extract(epoch FROM item.posted_at) / %(seconds)s)::bigint AS stretch
    FROM notices
    JOIN homework_item AS item ON item.notice_id = notices.id
    WHERE item.withdrawn_at IS NULL
),
quick AS (
    SELECT DISTINCT one.notice_id
    FROM items AS one
    CROSS JOIN (VALUES (-1), (0), (1)) AS near (step)
    JOIN items AS other ON other.posted_by_id = one.posted_by_id AND other.stretch = one.stretch + near.step
    WHERE (other.notice_id, other.subject_id) <> (one.notice_id, one.subject_id)
        AND abs(extract(epoch FROM other.posted_at - one.posted_at)) <= %(seconds)s
        AND NOT (
            other.day = one.day
            AND other.class_group_id <> one.class_group_id
            AND other.subject_id = one.subject_id
            AND other.said = one.said
        )
)
SELECT notices.school_id,
    count(*) AS published,
    count(*) FILTER (WHERE notices.is_late) AS late,
    count(*) FILTER (WHERE notices.is_late OR quick.notice_id IS NOT NULL) AS late_or_quick,
    array_agg(notices.id ORDER BY notices.day, notices.id) FILTER (WHERE quick.notice_id IS NOT NULL) AS quick_notices
FROM notices
LEFT JOIN quick ON quick.notice_id = notices.id
GROUP BY notices.school_id
ORDER BY notices.school_id
