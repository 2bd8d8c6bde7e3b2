-- Grain: school of whose complaints, replied to from %(first_day)s to %(last_day)s, at least %(least)s were rated, all of
-- them satisfied. Reads: inspections_complaint.
SELECT target_id, count(*) AS rated
FROM inspections_complaint
WHERE target_id = ANY (%(schools)s::bigint[])
    AND replied_on BETWEEN %(first_day)s AND %(last_day)s
    AND satisfied IS NOT NULL
GROUP BY target_id
HAVING count(*) >= %(least)s AND bool_and(satisfied)
ORDER BY target_id
