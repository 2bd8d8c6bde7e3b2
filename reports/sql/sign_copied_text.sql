-- Grain: class x subject x text that stands, word for word, on at least %(least)s days from %(first_day)s to %(last_day)s.
-- Reads: homework_notice (homework_notice_of_school), homework_item (by notice). Withdrawn items were taken back: not read.
SELECT notice.school_id, notice.class_group_id, item.subject_id, item.content, count(DISTINCT notice.day) AS days
FROM homework_notice AS notice
JOIN homework_item AS item ON item.notice_id = notice.id
WHERE notice.school_id = ANY (%(schools)s::bigint[])
    AND notice.day BETWEEN %(first_day)s AND %(last_day)s
    AND item.withdrawn_at IS NULL
GROUP BY notice.school_id, notice.class_group_id, item.subject_id, item.content
HAVING count(DISTINCT notice.day) >= %(least)s
ORDER BY notice.school_id, notice.class_group_id, item.subject_id, item.content
