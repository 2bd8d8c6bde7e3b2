from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph

from paper import fonts


def a_font(path, *names, characters="一A"):
    """A font of boxes that calls itself by these names."""
    builder = FontBuilder(1000)
    glyphs = [".notdef", *(f"g{ord(character):X}" for character in characters)]
    builder.setupGlyphOrder(glyphs)
    builder.setupCharacterMap({ord(character): f"g{ord(character):X}" for character in characters})
    builder.setupGlyf({glyph: Glyph() for glyph in glyphs})
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": dict(zip(("en", "zh"), names, strict=False)), "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        ("title", ("FZXiaoBiaoSong-B05S", "方正小标宋简体")),
        ("title", ("FZXBSJW--GB1-0", "方正小标宋简体")),
        ("fangsong", ("FangSong_GB2312", "仿宋_GB2312")),
        ("fangsong", ("FangSong", "仿宋")),
        ("kai", ("KaiTi_GB2312", "楷体_GB2312")),
        ("hei", ("SimHei", "黑体")),
        ("song", ("SimSun", "宋体")),
    ],
)
def test_a_bureaus_own_font_comes_first_whatever_its_file_is_called(settings, tmp_path, role, names):
    a_font(tmp_path / "0001.ttf", *names)
    settings.PAPER_FONT_DIR = str(tmp_path)
    chain = fonts.chain()
    first = chain.files[role][0].path.name
    assert first == "0001.ttf"
    others = [other for other in fonts.ROLES if other not in (role, "chart")]
    assert all("0001.ttf" not in chain.files[other][0].path.name for other in others)


def test_a_file_that_is_no_font_is_passed_over(settings, tmp_path):
    (tmp_path / "simsun.ttf").write_bytes(b"no font")
    (tmp_path / "read me.txt").write_text("仿宋")
    settings.PAPER_FONT_DIR = str(tmp_path)
    assert not any(file.path.is_relative_to(tmp_path) for file in fonts.chain().all_files())


def test_every_file_is_a_family_of_its_own():
    files = fonts.chain().all_files()
    assert len({file.family for file in files}) == len(files)
    assert fonts.chain().css.count("@font-face") == len(files)


def test_every_role_can_print_the_words_of_our_documents():
    words = "双减督导作业公示课后服务校外培训整改〔〕“”—·1234567890%"
    assert {ord(character) for character in words} <= fonts.chain().printable


@pytest.mark.slow
def test_where_only_noto_is_installed_it_serves_all_roles(settings, tmp_path):
    if not any("Noto" in file.path.name for file in fonts.chain().all_files()):
        pytest.skip("needs fonts-noto-cjk")
    settings.VAR_DIR = tmp_path
    chain = fonts.chain()
    assert {chain.files[role][-1].path.suffix for role in fonts.ROLES} <= {".otf", ".ttf"}
    names = {file.path.name for role in fonts.ROLES for file in chain.files[role]}
    assert names <= {
        "NotoSerifCJK-Regular-sc.otf",
        "NotoSerifCJK-Bold-sc.otf",
        "NotoSansCJK-Regular-sc.otf",
        "DejaVuSans.ttf",
    }
    assert all(Path(file.path).is_file() for file in chain.all_files())
    assert ord("镕") in chain.printable
