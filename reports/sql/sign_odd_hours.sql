-- Grain: school with at least %(least)s items posted from midnight until %(until)s o'clock, of class-days from
-- %(first_day)s to %(last_day)s. Reads: homework_item, homework_notice. Index: homework_notice_of_school.
SELECT notice.school_id, count(*) AS items
FROM homework_notice AS notice
JOIN homework_item AS item ON item.notice_id = notice.id AND item.withdrawn_at IS NULL
WHERE notice.school_id = ANY (%(schools)s::bigint[])
    AND notice.day BETWEEN %(first_day)s AND %(last_day)s
    AND date_part('hour', item.posted_at AT TIME ZONE 'Asia/Shanghai') < %(until)s
GROUP BY notice.school_id
HAVING count(*) >= %(least)s
ORDER BY notice.school_id
