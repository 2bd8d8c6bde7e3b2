"""Visits, what they and others find, and every step until it is put right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pghistory
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone

from accounts.models import User
from inspections import life, words
from schools.models import OrgUnit, School
from training.models import Institution


class VisitQuerySet(models.QuerySet["Visit"]):
    def inside(self, paths: Iterable[str]) -> VisitQuerySet:
        of_institutions = Q(institution__in=Institution.objects.inside(paths))
        return self.filter(Q(school__in=School.objects.inside(paths)) | of_institutions)

    def by_place(self) -> VisitQuerySet:
        """With `lies_in`, the unit in whose area it was: the school, or the institution's county."""
        return self.annotate(lies_in=Coalesce("school", "institution__county"))

    def between(self, first_day: dt.date, last_day: dt.date) -> VisitQuerySet:
        return self.filter(day__range=(first_day, last_day))


class Visit(models.Model):
    """Somebody of a bureau, or a 责任督学, at a school or a training institution on a day."""

    class Kind(models.TextChoices):
        ROUND = "round", "责任督学日常督导"
        SPECIAL = "special", "专项督导"
        COMPREHENSIVE = "comprehensive", "综合督导"
        COMPLAINT = "complaint", "举报核查"
        RECHECK = "recheck", "整改复查"
        ENFORCEMENT = "enforcement", "执法检查"  # of an institution alone

    school = models.ForeignKey(School, models.PROTECT, null=True, blank=True, related_name="visits")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="visits")
    day = models.DateField("日期", default=timezone.localdate)
    kind = models.CharField("类型", max_length=15, choices=Kind)
    companions = models.CharField("同行人员", max_length=100, blank=True)
    lessons_heard = models.PositiveSmallIntegerField("听课节数", default=0)
    plans_read = models.PositiveSmallIntegerField("检查教案份数", default=0)
    books_read = models.PositiveSmallIntegerField("检查作业份数", default=0)
    notes = models.TextField("督导记录", max_length=2000, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = "督导"
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="inspections_visit_is_of_one_school_or_institution",
                condition=Q(school__isnull=False, institution=None) | Q(school=None, institution__isnull=False),
                violation_error_message="督导要么到学校，要么到培训机构，只能选一个。",
            ),
            models.CheckConstraint(
                name="inspections_visit_enforces_at_institutions_alone",
                condition=~Q(kind="enforcement") | Q(institution__isnull=False),
                violation_error_message="执法检查只用于培训机构，到学校请选其他类型。",
            ),
            models.CheckConstraint(
                name="inspections_visit_is_comprehensive_at_schools_alone",
                condition=~Q(kind__in=["comprehensive", "round"]) | Q(school__isnull=False),
                violation_error_message="到培训机构请选执法检查、专项督导、举报核查或整改复查。",
            ),
            # 教师厅〔2025〕2号: at most one comprehensive inspection of a school in a year.
            models.UniqueConstraint(
                F("school"),
                ExtractYear("day"),
                name="inspections_visit_one_comprehensive_a_year",
                condition=Q(kind="comprehensive"),
                violation_error_message="这所学校今年已有一次综合督导，每年最多一次。请改用其他类型，或并入已有的一次。",
            ),
        ]
        indexes = [models.Index(name="inspections_visit_day", fields=["day", "school"])]

    def __str__(self) -> str:
        return f"{self.where} {self.day} {self.get_kind_display()}"

    @property
    def where(self) -> str:
        """The name of the school or institution."""
        return str(self.school or self.institution)

    @property
    def place(self) -> OrgUnit:
        """The school's unit, or the institution's county."""
        return self.school.unit if self.school else self.institution.county  # type: ignore[union-attr]

    def path_on(self, day: dt.date) -> str:
        return path_of(self.school.unit if self.school else None, self.institution, day)


def path_of(unit: OrgUnit | None, institution: Institution | None, day: dt.date) -> str:
    """Where a unit stands in the tree on `day`; an institution stands below its county."""
    if unit:
        return unit.path_on(day)
    return f"{institution.county.path_on(day)}institution-{institution.pk}/"  # type: ignore[union-attr]


class FindingQuerySet(models.QuerySet["Finding"]):
    def inside(self, paths: Iterable[str]) -> FindingQuerySet:
        of_institutions = Q(institution__in=Institution.objects.inside(paths))
        return self.filter(Q(owner__in=OrgUnit.objects.inside(paths)) | of_institutions)

    def with_owner(self) -> FindingQuerySet:
        """With all that its name and place need."""
        return self.select_related("owner", "institution__county")

    def by_place(self) -> FindingQuerySet:
        """With `lies_in`, the unit in whose area it is: the owner, or the institution's county."""
        return self.annotate(lies_in=Coalesce("owner", "institution__county"))

    def open(self) -> FindingQuerySet:
        return self.filter(state__in=life.OPEN)

    def owing(self) -> FindingQuerySet:
        """Those whose owner still owes an answer."""
        return self.filter(state__in=life.OWING)

    def overdue(self, day: dt.date) -> FindingQuerySet:
        """Not answered by their deadline, which has passed on `day`. What waits for a verifier is not its owner's
        delay."""
        return self.owing().filter(due_on__lt=day)

    def from_source(self, source: str) -> FindingQuerySet:
        """ "visit", "rule", "complaint", or "other": entered as such."""
        of_visit, of_rule, of_complaint = Q(visit__isnull=False), ~Q(rule=""), Q(complaint__isnull=False)
        other = ~of_visit & ~of_rule & ~of_complaint
        return self.filter({"visit": of_visit, "rule": of_rule, "complaint": of_complaint, "other": other}[source])

    def saying(self, text: str) -> FindingQuerySet:
        """Those in which each of the words occurs, Chinese of one character or more."""
        query = words.query(text)
        return self.filter(words=SearchQuery(query, config="simple", search_type="raw")) if query else self


@pghistory.track(exclude=["words"], level=pghistory.Statement)
class Finding(models.Model):
    """Something that one school, unit or institution must put right, from its day until it is closed (销号).

    What a rule found has its number in `rule`, and in `subject` what it found it of ("class:12"): at most one is open.
    """

    class Category(models.TextChoices):
        PRESSURE = "pressure", "压力传导不到位"
        PUBLICITY = "publicity", "政策宣传不到位"
        SAFEGUARDS = "safeguards", "保障机制不健全"
        HOMEWORK = "homework", "作业管理不精细"
        SERVICE = "service", "课后服务质量不高"
        REDUCTION = "reduction", "机构压减进度慢"
        DISGUISED = "disguised", "隐形变异难查处"
        HOMEWORK_RULES = "homework_rules", "五项管理：作业"
        SLEEP = "sleep", "五项管理：睡眠"
        PHONES = "phones", "五项管理：手机"
        READING = "reading", "五项管理：读物"
        HEALTH = "health", "五项管理：体质"

    class Severity(models.TextChoices):
        MINOR = "minor", "一般"
        MAJOR = "major", "较重"
        GRAVE = "grave", "严重"

    class State(models.TextChoices):
        FOUND = life.State.FOUND.value, "待整改"
        RECTIFYING = life.State.RECTIFYING.value, "整改中"
        SUBMITTED = life.State.SUBMITTED.value, "待核查"
        VERIFIED = life.State.VERIFIED.value, "待销号"
        CLOSED = life.State.CLOSED.value, "已销号"

    class Stage(models.IntegerChoices):
        """How far the delay has gone."""

        NONE = 0, "未催办"
        REMINDED = 1, "已催办"
        COUNTY = 2, "已报县（区）"
        CITY = 3, "已报市"

    # Exactly one of the two: a school's or another unit, or an institution, for which its county's officers answer.
    owner = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="责任单位"
    )
    institution = models.ForeignKey(
        Institution, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="培训机构"
    )
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="findings")
    complaint = models.OneToOneField(
        "inspections.Complaint", models.PROTECT, null=True, blank=True, related_name="finding"
    )
    rule = models.CharField("规则", max_length=10, blank=True)
    subject = models.CharField(max_length=40, blank=True)
    first_day = models.DateField(null=True, blank=True)  # the days that a rule looked at
    last_day = models.DateField(null=True, blank=True)
    category = models.CharField("类别", max_length=15, choices=Category)
    severity = models.CharField("程度", max_length=5, choices=Severity, default=Severity.MINOR)
    what = models.CharField("问题", max_length=500)
    demand = models.CharField("整改要求", max_length=500, blank=True)
    found_on = models.DateField("发现日期")
    found_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # null: by a rule
    first_due_on = models.DateField("原定期限")
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.FOUND)
    stage = models.PositiveSmallIntegerField("催办", choices=Stage, default=Stage.NONE)
    asked_until = models.DateField("申请延期到", null=True, blank=True)  # asked for, not yet decided
    reopened = models.PositiveSmallIntegerField("复发次数", default=0)
    on_the_spot = models.BooleanField("立行立改", default=False)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_on = models.DateField("报送日期", null=True, blank=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_on = models.DateField("核查日期", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField("销号日期", null=True, blank=True)
    words = SearchVectorField(null=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "问题"
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="inspections_finding_has_one_owner",
                condition=Q(owner__isnull=False, institution=None) | Q(owner=None, institution__isnull=False),
                violation_error_message="一个问题只能有一个责任单位：学校、单位或培训机构。",
            ),
            models.UniqueConstraint(
                name="inspections_finding_one_open_per_breach",
                fields=["rule", "subject"],
                condition=~Q(rule="") & ~Q(state="closed"),
                violation_error_message="同一问题已在台账中，还没有销号，不能重复立项。",
            ),
            models.CheckConstraint(
                name="inspections_finding_says_what", condition=~Q(what=""), violation_error_message="请写明问题。"
            ),
            models.CheckConstraint(
                name="inspections_finding_verified_by_another",
                condition=Q(verified_by=None) | Q(answered_by=None) | ~Q(verified_by=F("answered_by")),
                violation_error_message="报送整改的人不能自己核查，请换一位核查。",
            ),
            models.CheckConstraint(
                name="inspections_finding_closed_has_a_day",
                condition=Q(state="closed", closed_on__isnull=False) | (~Q(state="closed") & Q(closed_on=None)),
            ),
            models.CheckConstraint(
                name="inspections_finding_due_after_it_is_found",
                condition=Q(due_on__gte=F("found_on")),
                violation_error_message="整改期限不能早于发现日期。",
            ),
            models.CheckConstraint(
                name="inspections_finding_of_a_rule_names_its_subject",
                condition=Q(rule="", subject="") | (~Q(rule="") & ~Q(subject="")),
            ),
        ]
        indexes = [
            models.Index(name="inspections_finding_owner", fields=["owner", "-found_on"]),
            models.Index(name="inspections_finding_found", fields=["-found_on", "-id"]),
            models.Index(name="inspections_finding_due", fields=["due_on"]),
            models.Index(name="inspections_finding_owing", fields=["due_on"], condition=~Q(state="closed")),
            GinIndex(name="inspections_finding_words", fields=["words"]),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def source_words(self) -> str:
        """Where it comes from."""
        if self.rule:
            return f"规则{self.rule}"
        if self.complaint_id:
            return "举报查实"
        if self.visit_id:
            return "到校督导" if self.owner_id else "现场检查"
        return "直接登记"

    @property
    def owner_name(self) -> str:
        return str(self.owner or self.institution)

    @property
    def place(self) -> OrgUnit:
        """The unit whose people answer for it: the owner itself, or the institution's county."""
        return self.owner or self.institution.county  # type: ignore[union-attr]

    def path_on(self, day: dt.date) -> str:
        return path_of(self.owner, self.institution, day)

    def is_overdue(self, day: dt.date) -> bool:
        return self.state in life.OWING and self.due_on < day


class FindingStep(models.Model):
    """One step in the life of a finding, never changed. `by` is null where the system took it."""

    class Kind(models.TextChoices):
        OPEN = "open", "立项"
        PLAN = life.Step.PLAN.value, "整改方案"
        SUBMIT = life.Step.SUBMIT.value, "报送整改"
        SEND_BACK = life.Step.SEND_BACK.value, "退回"
        VERIFY = life.Step.VERIFY.value, "核查通过"
        CLOSE = life.Step.CLOSE.value, "销号"
        REOPEN = life.Step.REOPEN.value, "复发，重新立项"
        ASK_EXTENSION = life.Step.ASK_EXTENSION.value, "申请延期"
        GRANT_EXTENSION = life.Step.GRANT_EXTENSION.value, "同意延期"
        REFUSE_EXTENSION = life.Step.REFUSE_EXTENSION.value, "不同意延期"
        REMIND = "remind", "催办"
        TO_COUNTY = "to_county", "超期报县（区）"
        TO_CITY = "to_city", "超期报市"

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    day = models.DateField(default=timezone.localdate)
    text = models.CharField(max_length=1000, blank=True)
    until = models.DateField(null=True, blank=True)  # of an extension; of a reopened finding, its new deadline

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(name="inspections_step_of_a_day", fields=["day", "kind"])]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.kind}"


class Evidence(models.Model):
    """A file that somebody gave with a step, always of her own will. Served through access checks only."""

    step = models.ForeignKey(FindingStep, models.PROTECT, related_name="files")
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="evidence/%Y/%m")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
