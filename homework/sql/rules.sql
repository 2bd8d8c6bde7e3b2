-- Grain: a place in which a school of %(schools)s stood on any day from %(first_day)s to %(last_day)s, with every row of
-- rules that may hold there on one of these days. Which row holds on which day is decided in Python.
-- Reads: schools_unitplace, and for each of its few rows the rules by their keys: homework_locallimit and homework_cutoff of
-- the units on its path, homework_subjectshare and homework_weekplanentry of the school, schools_schoolday for the days
-- around, schools_teaching of %(classes)s.
-- SQL because every posted item reads it: building the same statement anew by the ORM took thirty times as long as running it.
SELECT
    place.unit_id,
    place.first_day,
    place.last_day,
    (
        SELECT coalesce(json_agg(json_build_object(
            'stage', rule.stage, 'grade', rule.grade, 'span', rule.span, 'minutes', rule.minutes,
            'first_day', rule.first_day, 'last_day', rule.last_day
        )), '[]')
        FROM homework_locallimit AS rule
        JOIN schools_orgunit AS unit ON unit.id = rule.unit_id
        WHERE unit.code = ANY (string_to_array(btrim(place.path, '/'), '/'))
            AND rule.first_day <= %(last_day)s AND (rule.last_day IS NULL OR rule.last_day >= %(first_day)s)
    ) AS limits,
    (
        SELECT coalesce(json_agg(json_build_object(
            'unit', rule.unit_id, 'first_day', rule.first_day, 'until', rule.until, 'reviewed_first', rule.reviewed_first
        )), '[]')
        FROM homework_cutoff AS rule
        JOIN schools_orgunit AS unit ON unit.id = rule.unit_id
        WHERE unit.code = ANY (string_to_array(btrim(place.path, '/'), '/')) AND rule.first_day <= %(last_day)s
    ) AS cut_offs,
    (
        SELECT coalesce(json_agg(json_build_object(
            'grade', share.grade, 'subject', share.subject_id, 'minutes', share.minutes,
            'first_day', rule.first_day, 'last_day', rule.last_day
        )), '[]')
        FROM homework_schoolrule AS rule
        JOIN homework_subjectshare AS share ON share.school_rule_id = rule.id
        WHERE rule.school_id = place.unit_id
            AND rule.first_day <= %(last_day)s AND (rule.last_day IS NULL OR rule.last_day >= %(first_day)s)
    ) AS shares,
    (
        SELECT coalesce(json_agg(json_build_object(
            'grade', entry.grade, 'weekday', entry.weekday, 'subject', entry.subject_id,
            'first_day', plan.first_day, 'last_day', plan.last_day
        )), '[]')
        FROM homework_weekplan AS plan
        JOIN homework_weekplanentry AS entry ON entry.plan_id = plan.id
        WHERE plan.school_id = place.unit_id
            AND plan.first_day <= %(last_day)s AND (plan.last_day IS NULL OR plan.last_day >= %(first_day)s)
    ) AS turns,
    ARRAY(
        SELECT held.day FROM schools_schoolday AS held
        WHERE held.school_id = place.unit_id AND NOT held.is_cancelled AND held.day <= %(today)s
        ORDER BY held.day DESC LIMIT %(recent)s
    ) AS recent_days,
    (
        SELECT held.day FROM schools_schoolday AS held
        WHERE held.school_id = place.unit_id AND NOT held.is_cancelled AND held.day > %(last_day)s
        ORDER BY held.day LIMIT 1
    ) AS next_day,
    (
        SELECT coalesce(json_agg(json_build_object(
            'class', teaching.class_group_id, 'subject', teaching.subject_id, 'grades', subject.homework_grades
        )), '[]')
        FROM schools_teaching AS teaching
        JOIN schools_subject AS subject ON subject.id = teaching.subject_id
        WHERE teaching.class_group_id = ANY (%(classes)s::bigint[])
            AND teaching.first_day <= %(first_day)s
            AND (teaching.last_day IS NULL OR teaching.last_day >= %(first_day)s)
    ) AS taught
FROM schools_unitplace AS place
WHERE place.unit_id = ANY (%(schools)s::bigint[])
    AND place.first_day <= %(last_day)s AND (place.last_day IS NULL OR place.last_day >= %(first_day)s)
