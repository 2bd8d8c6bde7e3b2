-- Grain: class x weekday of the school %(school)s, and class over all weekdays (weekday 0): pupils who are in a group that
-- meets then, each once. Reads: afterschool_coursegroup (afterschool_group_of_school), afterschool_enrolment (by group),
-- afterschool_pupil. As the lists stand on %(day)s.
SELECT class_group_id, coalesce(weekday, 0) AS weekday, count(DISTINCT pupil_id) AS pupils
FROM (
    SELECT pupil.class_group_id, enrolment.pupil_id, lower(slot) / 1440 + 1 AS weekday
    FROM afterschool_coursegroup AS course_group
    JOIN afterschool_enrolment AS enrolment ON enrolment.group_id = course_group.id
    JOIN afterschool_pupil AS pupil ON pupil.id = enrolment.pupil_id
    CROSS JOIN LATERAL unnest(enrolment.weekly) AS slot
    WHERE course_group.school_id = %(school)s AND enrolment.first_day <= %(day)s AND enrolment.last_day >= %(day)s
) AS meetings
GROUP BY GROUPING SETS ((class_group_id, weekday), (class_group_id))
