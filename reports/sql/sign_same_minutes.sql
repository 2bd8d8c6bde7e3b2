-- Grain: class x load that fills at least %(least)s of the class's latest %(window)s complete days up to %(last_day)s.
-- Reads: homework_notice. Index: homework_notice_of_school.
-- A day without written work is no sign: it may be the class's no-homework day.
SELECT school_id, class_group_id, load_minutes, count(*) AS days, min(day) AS first_day, max(day) AS last_day
FROM (
    SELECT school_id, class_group_id, day, load_minutes,
        row_number() OVER (PARTITION BY class_group_id ORDER BY day DESC) AS place
    FROM homework_notice
    WHERE school_id = ANY (%(schools)s::bigint[]) AND day BETWEEN %(first_day)s AND %(last_day)s AND is_complete
) AS latest
WHERE place <= %(window)s AND load_minutes > 0
GROUP BY school_id, class_group_id, load_minutes
HAVING count(*) >= %(least)s
ORDER BY school_id, class_group_id
