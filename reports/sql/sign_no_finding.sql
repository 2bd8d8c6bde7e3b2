-- Grain: school visited at least %(least)s times from %(first_day)s to %(last_day)s that never had a finding.
-- Reads: inspections_visit, inspections_finding.
SELECT visit.school_id, count(*) AS visits
FROM inspections_visit AS visit
WHERE visit.school_id = ANY (%(schools)s::bigint[])
    AND visit.day BETWEEN %(first_day)s AND %(last_day)s
    AND NOT EXISTS (SELECT FROM inspections_finding AS finding WHERE finding.owner_id = visit.school_id)
GROUP BY visit.school_id
HAVING count(*) >= %(least)s
ORDER BY visit.school_id
