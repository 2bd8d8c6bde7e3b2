"""The words of after-school service that are stored."""

from django.db import models

from afterschool import policy


class SlotKind(models.TextChoices):
    SERVICE = policy.SlotKind.SERVICE, "课后服务"
    EARLY = policy.SlotKind.EARLY, "早到校看护"
    LUNCH = policy.SlotKind.LUNCH, "午餐午休看护"
    EVENING = policy.SlotKind.EVENING, "晚自习"


class Season(models.TextChoices):
    ALL = policy.Season.ALL, "全学期"
    SUMMER = policy.Season.SUMMER, "夏季"
    WINTER = policy.Season.WINTER, "冬季"


class CourseKind(models.TextChoices):
    HOMEWORK = "homework", "作业辅导"
    READING = "reading", "阅读"
    SPORT = "sport", "体育"
    ARTS = "arts", "艺术"
    SCIENCE = "science", "科普"
    LABOUR = "labour", "劳动"
    CLUB = "club", "社团"
    OTHER = "other", "其他"


class Nature(models.TextChoices):
    GUIDANCE = policy.Nature.GUIDANCE, "辅导答疑、自主完成作业"
    INTEREST = policy.Nature.INTEREST, "兴趣活动、素质拓展"
    NEW_LESSON = policy.Nature.NEW_LESSON, "讲授新课"
    DRILL = policy.Nature.DRILL, "学科训练、集体补课"


class WorkerKind(models.TextChoices):
    OWN = policy.WorkerKind.OWN, "本校教师"
    RETIRED = policy.WorkerKind.RETIRED, "退休教师"
    OUTSIDE = policy.WorkerKind.OUTSIDE, "有资质的校外人员"
    VOLUNTEER = policy.WorkerKind.VOLUNTEER, "志愿者"
    BODY = policy.WorkerKind.BODY, "准入机构人员"
