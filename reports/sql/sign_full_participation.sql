-- Grain: school that expected at least %(least)s pupils (once for each session) from %(first_day)s to %(last_day)s, and of
-- them at least %(per_mille)s in a thousand came. Reads: reports_servicetally. Index: reports_servicetally_school.
SELECT school_id, sum(present) AS present, sum(expected) AS expected
FROM reports_servicetally
WHERE school_id = ANY (%(schools)s::bigint[]) AND day BETWEEN %(first_day)s AND %(last_day)s
GROUP BY school_id
HAVING sum(expected) >= %(least)s AND sum(present) * 1000 >= sum(expected) * %(per_mille)s
ORDER BY school_id
