-- Grain: an incident of after-school service still open on %(day)s, at least %(least)s school days after it happened.
-- Reads: afterschool_incident (afterschool_incident_open), schools_schoolday (school, day).
SELECT
    incident.school_id AS owner_id,
    'incident:' || incident.id AS subject,
    NULL::bigint AS class_id,
    incident.day AS first_day,
    %(day)s::date AS last_day,
    count(taught.day) AS days
FROM afterschool_incident AS incident
JOIN schools_schoolday AS taught ON taught.school_id = incident.school_id AND NOT taught.is_cancelled
    AND taught.day > incident.day AND taught.day <= %(day)s
WHERE incident.closed_at IS NULL
GROUP BY incident.id
HAVING count(taught.day) >= %(least)s
