import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from paper import files


def picture(size=(2000, 1000), form="JPEG", **options) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, form, **options)
    out.seek(0)
    return out


def office(*names: str) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    out.seek(0)
    return out


def test_a_picture_is_shrunk_and_tells_neither_place_nor_phone():
    about = Image.Exif()
    about[0x0110] = "某型号手机"
    about[0x0112] = 6  # lies on its side
    about.get_ifd(0x8825)[1] = "N"
    taken = files.take("C:\\照片\\教室.PNG", picture(exif=about))
    assert (taken.name, taken.content_type) == ("教室.jpg", "image/jpeg")
    with Image.open(io.BytesIO(taken.content)) as kept:
        assert kept.size == (800, 1600)
        assert dict(kept.getexif()) == {}
    assert "某型号".encode() not in taken.content


@pytest.mark.parametrize(
    ("name", "content", "kept_as"),
    [
        ("方案.pdf", io.BytesIO(b"%PDF-1.7 ..."), ("方案.pdf", "application/pdf")),
        ("方案.exe", io.BytesIO(b"%PDF-1.7 ..."), ("方案.pdf", "application/pdf")),
        ("方案.zip", office("[Content_Types].xml", "word/document.xml"), ("方案.docx", files.OFFICE["word/"][1])),
        ("台账.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), ("台账.xlsx", files.OFFICE["xl/"][1])),
        ("老.DOC", io.BytesIO(files.OLD_OFFICE_BEGINS + b"..."), ("老.doc", "application/msword")),
        ("\u202egpj.方案\x00.pdf", io.BytesIO(b"%PDF-1.7"), ("gpj.方案.pdf", "application/pdf")),
    ],
)
def test_a_document_ends_as_its_content_is(name, content, kept_as):
    taken = files.take(name, content)
    assert (taken.name, taken.content_type) == kept_as


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", io.BytesIO(b"<html><script>"), "不能用：只收图片"),
        ("a.svg", io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "不能用：只收图片"),
        ("a.zip", office("readme.txt"), "不能用：只收图片"),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "里有宏"),
        ("a.docx", io.BytesIO(b"PK\x03\x04 broken"), "不能用：只收图片"),
        ("a.exe", io.BytesIO(files.OLD_OFFICE_BEGINS), "不能用：只收图片"),
        ("a.jpg", io.BytesIO(picture().getvalue()[:200]), "不能用：只收图片"),
        ("a.gif", picture(form="GIF"), "不能用：只收图片"),
        ("a.jpg", io.BytesIO(), "是空的"),
        ("a.pdf", io.BytesIO(b"%PDF-" + bytes(files.LARGEST)), "超过10MB"),
        ("a.png", picture((10_000, 6_001), "PNG"), "尺寸太大"),
    ],
)
def test_what_is_not_taken_is_named_with_the_reason(name, content, words):
    with pytest.raises(ValidationError, match=words):
        files.take(name, content)


def test_only_pictures_where_only_pictures_are_asked_for():
    with pytest.raises(ValidationError, match="不是能打开的图片"):
        files.take_picture("a.pdf", io.BytesIO(b"%PDF-1.7"))
    assert files.take_picture("", picture()).name == "文件.jpg"


def test_more_than_a_hundred_megabytes_at_once_is_refused_unread(client):
    answer = client.post("/accounts/sign-in/", {"file": picture()}, CONTENT_LENGTH=str(files.LARGEST_REQUEST + 1))
    assert answer.status_code == 400
