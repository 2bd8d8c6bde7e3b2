"""Files that people send: what they are by their content, and pictures made small and freed of what they tell.

A picture is drawn anew: where and when it was taken, and with which phone, stays with its sender.
"""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadhandler import FileUploadHandler
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 10 * 1024 * 1024  # bytes
LARGEST_REQUEST = 100 * 1024 * 1024  # bytes of all that is sent at once
LONGEST_SIDE = 1600  # pixels
MOST_PIXELS = 60_000_000  # of what is sent: a phone's largest; more is a bomb
LONGEST_NAME = 80
PICTURES = ("JPEG", "PNG", "WEBP")

OFFICE = {
    "word/": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xl/": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ppt/": (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
# The form of Office before 2007, and of WPS: the content does not tell which of them.
OLD_OFFICE = {
    ".doc": "application/msword",
    ".wps": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".et": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
    ".dps": "application/vnd.ms-powerpoint",
}
OLD_OFFICE_BEGINS = bytes.fromhex("d0cf11e0a1b11ae1")

WRONG_KIND = "“{}”不能用：只收图片（JPG、PNG、WebP）、PDF和Word、Excel、PPT文件。"
WRONG_PICTURE = "“{}”不是能打开的图片：只收JPG、PNG、WebP。"
TOO_LARGE = "“{}”超过10MB，请缩小后再传。"


@dataclass(frozen=True, slots=True)
class Taken:
    """A file as it is kept: its name ends as its content is."""

    name: str
    content_type: str
    content: bytes

    @property
    def is_picture(self) -> bool:
        return self.content_type == "image/jpeg"


def take(name: str, file: BinaryIO) -> Taken:
    """A picture, a PDF or an Office document of at most 10 MB. Raises ValidationError."""
    content = _read(name, file)
    if content.startswith(b"%PDF-"):
        return Taken(_named(name, ".pdf"), "application/pdf", content)
    if content.startswith(b"PK\x03\x04"):
        ending, content_type = _office(name, content)
        return Taken(_named(name, ending), content_type, content)
    if content.startswith(OLD_OFFICE_BEGINS):
        ending = PurePosixPath(name).suffix.lower()
        if ending in OLD_OFFICE:
            return Taken(_named(name, ending), OLD_OFFICE[ending], content)
    return _picture(name, content, WRONG_KIND)


def take_picture(name: str, file: BinaryIO) -> Taken:
    """A picture of at most 10 MB. Raises ValidationError."""
    return _picture(name, _read(name, file), WRONG_PICTURE)


def _read(name: str, file: BinaryIO) -> bytes:
    content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValidationError(TOO_LARGE.format(_shown(name)))
    if not content:
        raise ValidationError(f"“{_shown(name)}”是空的，请重新选择。")
    return content


def _picture(name: str, content: bytes, refusal: str) -> Taken:
    try:
        with Image.open(io.BytesIO(content), formats=PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(f"“{_shown(name)}”的尺寸太大，请缩小后再传。")
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return Taken(_named(name, ".jpg"), "image/jpeg", _as_jpeg(upright))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise ValidationError(refusal.format(_shown(name))) from None


def _as_jpeg(picture: Image.Image) -> bytes:
    """On white where it is transparent; without any of its metadata."""
    see_through = picture.convert("RGBA")
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(see_through, mask=see_through.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _office(name: str, content: bytes) -> tuple[str, str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        names = []
    if any("vbaproject" in part.lower() for part in names):
        raise ValidationError(f"“{_shown(name)}”里有宏，请另存为不含宏的文件再传。")
    if "[Content_Types].xml" in names:
        for folder, kind in OFFICE.items():
            if any(part.startswith(folder) for part in names):
                return kind
    raise ValidationError(WRONG_KIND.format(_shown(name)))


def _named(name: str, ending: str) -> str:
    """The sender's name of the file, with the ending that its content has."""
    return f"{_shown(PurePosixPath(name).stem)}{ending}"


def _shown(name: str) -> str:
    """Without a folder, without what no eye sees, not too long."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return seen.strip(" .")[:LONGEST_NAME] or "文件"


class Bounded(FileUploadHandler):
    """Refuses, before any of it is read, what would fill the disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        meta: Any,
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > LARGEST_REQUEST:
            raise RequestDataTooBig(f"{content_length} bytes at once")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Whoever keeps the file comes after."""
