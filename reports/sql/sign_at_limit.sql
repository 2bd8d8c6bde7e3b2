-- Grain: class of whose complete days from %(first_day)s to %(last_day)s, at least %(least)s, at least %(percent)s per cent
-- fill the limit exactly. Reads: homework_notice. Index: homework_notice_of_school.
-- Where no written work is allowed, the limit and nothing are the same: no sign.
SELECT school_id, class_group_id, count(*) FILTER (WHERE load_minutes = limit_minutes) AS days, count(*) AS complete
FROM homework_notice
WHERE school_id = ANY (%(schools)s::bigint[])
    AND day BETWEEN %(first_day)s AND %(last_day)s
    AND is_complete
    AND limit_minutes > 0
GROUP BY school_id, class_group_id
HAVING count(*) >= %(least)s AND count(*) FILTER (WHERE load_minutes = limit_minutes) * 100 >= %(percent)s * count(*)
ORDER BY school_id, class_group_id
