"""What somebody keeps of the ledger for herself."""

from __future__ import annotations

from django.db import models

from accounts.models import User


class SavedFilter(models.Model):
    """An address of the ledger under a name."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    name = models.CharField("名称", max_length=20)
    query = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="inspections_savedfilter_once",
                fields=["user", "name"],
                violation_error_message="您已有同名的筛选，请换一个名称，或先删掉原来的。",
            )
        ]

    def __str__(self) -> str:
        return self.name
