-- Grain: school of whose sessions held from %(first_day)s to %(last_day)s, at least %(least)s had their roll written down
-- before they began; how many, of how many held, and on which days. Reads: afterschool_session.
-- Index: afterschool_session_of_school. A correction writes a later time over the first: that session is not seen.
SELECT school_id, count(*) FILTER (WHERE is_early) AS early, count(*) AS held,
    array_agg(DISTINCT day) FILTER (WHERE is_early) AS days
FROM (
    SELECT school_id, day, recorded_at AT TIME ZONE 'Asia/Shanghai' < day + starts_at AS is_early
    FROM afterschool_session
    WHERE school_id = ANY (%(schools)s::bigint[]) AND day BETWEEN %(first_day)s AND %(last_day)s AND state = 'held'
) AS session
GROUP BY school_id
HAVING count(*) FILTER (WHERE is_early) >= %(least)s
ORDER BY school_id
