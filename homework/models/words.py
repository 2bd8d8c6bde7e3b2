"""How a piece of homework is described: the words of homework.policy with the names that people read."""

from django.db import models

from homework import policy


class Kind(models.TextChoices):
    WRITTEN = policy.Kind.WRITTEN, "书面"
    ORAL = policy.Kind.ORAL, "口头"
    READING = policy.Kind.READING, "阅读"
    PRACTICE = policy.Kind.PRACTICE, "实践"
    SPORT = policy.Kind.SPORT, "体育"
    ART = policy.Kind.ART, "艺术"
    LABOUR = policy.Kind.LABOUR, "劳动"


class Place(models.TextChoices):
    HOME = policy.Place.HOME, "在家"
    SCHOOL = policy.Place.SCHOOL, "在校"


class Layer(models.TextChoices):
    ALL = policy.Layer.ALL, "全体"
    BASIC = policy.Layer.BASIC, "基础"
    HIGHER = policy.Layer.HIGHER, "提高"
    EXTENDED = policy.Layer.EXTENDED, "拓展"


class Rule(models.TextChoices):
    NO_WRITTEN_WORK = policy.Rule.NO_WRITTEN_WORK, "不应布置书面家庭作业"
    DAILY_TOTAL = policy.Rule.DAILY_TOTAL, "超出每日书面作业总量"
