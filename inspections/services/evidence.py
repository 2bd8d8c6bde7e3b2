"""Files given with a step of a finding: kept outside the web root, always of the sender's own will."""

import hashlib
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services import audit
from inspections.models import Evidence, FindingStep
from paper.files import Taken

MOST_FILES = 9  # of one step


def attach(step: FindingStep, files: Sequence[Taken]) -> None:
    """Keep the files under names that nobody can guess. Raises ValidationError where there are too many."""
    if len(files) > MOST_FILES:
        raise ValidationError({"attached": f"一次最多{MOST_FILES}个文件。"})
    for taken in files:
        stored = ContentFile(taken.content, name=get_random_string(32))
        Evidence.objects.create(
            step=step,
            name=taken.name,
            content_type=taken.content_type,
            size=len(taken.content),
            sha256=hashlib.sha256(taken.content).hexdigest(),
            file=stored,
        )


def note_download(*, by: User, evidence: Evidence, path: str) -> None:
    """Somebody took a document away; pictures are looked at on the page itself."""
    audit(by=by, action="evidence.download", subject=evidence, path=path, name=evidence.name)
