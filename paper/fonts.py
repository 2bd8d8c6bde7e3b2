"""Which font file prints what: the bureau's own first, then Fandol, then Noto. Every file is one CSS family of its own.

Two files under one family and weight give wrong glyphs on paper while the extracted text stays right, and fontconfig
takes Fandol's bold for its regular; so files are named one by one through @font-face and fontconfig chooses nothing.
"""

import functools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTCollection, TTFont, TTLibError

from paper.errors import NoFontError

# What documents need (GB/T 9704): body, the three heading faces, the title; and the small print inside charts.
ROLES = ("fangsong", "song", "hei", "kai", "title", "chart")

# How a bureau's own fonts call themselves, in any language of their name table. The first that fits counts: 小标宋
# and 仿宋 also contain 宋.
OWN_NAMES = {
    "title": re.compile(r"小标宋|xiaobiaosong|FZXBS", re.IGNORECASE),
    "fangsong": re.compile(r"仿宋|fang\s?song|FZFS", re.IGNORECASE),
    "kai": re.compile(r"楷|kai|FZKT", re.IGNORECASE),
    "hei": re.compile(r"黑|hei|FZHT", re.IGNORECASE),
    "song": re.compile(r"宋|song|simsun|FZSS", re.IGNORECASE),
}
FANDOL = {
    "title": "FandolSong-Bold.otf",
    "fangsong": "FandolFang-Regular.otf",
    "kai": "FandolKai-Regular.otf",
    "hei": "FandolHei-Regular.otf",
    "song": "FandolSong-Regular.otf",
    "chart": "FandolHei-Regular.otf",
}
NOTO = {
    "title": "NotoSerifCJK-Bold.ttc",
    "fangsong": "NotoSerifCJK-Regular.ttc",
    "kai": "NotoSerifCJK-Regular.ttc",
    "hei": "NotoSansCJK-Regular.ttc",
    "song": "NotoSerifCJK-Regular.ttc",
    "chart": "NotoSansCJK-Regular.ttc",
}
SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/Library/Fonts"),
)
# ☑ ☐ ✓ are in no Chinese font at hand.
SYMBOL_FILE = "DejaVuSans.ttf"
FONT_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")


@dataclass(frozen=True, slots=True)
class FontFile:
    """One face in one file; `family` is what our style sheets call it."""

    path: Path

    @property
    def family(self) -> str:
        return f"paper {self.path.stem}"

    def face_css(self) -> str:
        return f'@font-face {{ font-family: "{self.family}"; src: url("{self.path.as_uri()}"); }}'

    def characters(self) -> frozenset[int]:
        """The code points it is used for."""
        return _covered(self.path)


@dataclass(frozen=True)
class FontChain:
    """For each role the files in the order in which they are tried."""

    files: dict[str, tuple[FontFile, ...]]

    def all_files(self) -> tuple[FontFile, ...]:
        return tuple(dict.fromkeys(file for role in ROLES for file in self.files[role]))

    def family(self, role: str) -> str:
        """The value of a CSS font-family."""
        return ", ".join(f'"{file.family}"' for file in self.files[role])

    @functools.cached_property
    def css(self) -> str:
        """The @font-face rules, and each role's family as `--fangsong`, `--hei` and so on, also inside page margins."""
        faces = "\n".join(file.face_css() for file in self.all_files())
        families = " ".join(f"--{role}: {self.family(role)};" for role in ROLES)
        return f"{faces}\n:root {{ {families} }}\n@page {{ {families} }}\n"

    @functools.cached_property
    def printable(self) -> frozenset[int]:
        """The code points that every role can print."""
        each = [frozenset().union(*(file.characters() for file in self.files[role])) for role in ROLES]
        return frozenset.intersection(*each)

    def file_names(self, families: Iterable[str]) -> tuple[str, ...]:
        """The files behind these families, sorted; a family of another origin stands for itself."""
        known = {file.family: file.path.name for file in self.all_files()}
        return tuple(sorted({known.get(family, family) for family in families}))


def chain() -> FontChain:
    """The fonts of this machine under the present settings. Raises NoFontError when a role has none."""
    return _chain(settings.PAPER_FONT_DIR, Path(settings.VAR_DIR) / "fonts", SYSTEM_FOLDERS)


@functools.lru_cache(maxsize=8)
def _chain(own_folder: str, var_folder: Path, system_folders: tuple[Path, ...]) -> FontChain:
    own = _own_fonts(Path(own_folder)) if own_folder else {}
    system = _system_files(system_folders)
    chinese = {role: list(_chinese(role, own, var_folder, system)) for role in ROLES}
    for role in ROLES:
        if not chinese[role]:
            raise NoFontError("没有可用的中文字体。请运行 make setup，或安装 fonts-noto-cjk。")
    symbols = [FontFile(system[SYMBOL_FILE])] if SYMBOL_FILE in system else []
    files = {}
    for role in ROLES:
        # Behind its own face each role may borrow a rare character from the song faces. Digits are the face's own:
        # those of another font, in front of it, have a baseline of their own, and a page holds fewer than 22 lines.
        files[role] = tuple(dict.fromkeys([*chinese[role], *chinese["song"], *symbols]))
    return FontChain(files)


def _chinese(role: str, own: dict[str, Path], var_folder: Path, system: dict[str, Path]) -> Iterator[FontFile]:
    if role in own:
        yield FontFile(own[role])
    fandol = [var_folder / FANDOL[role]] if (var_folder / FANDOL[role]).is_file() else []
    noto = [_single_face(system[NOTO[role]], "sc-", var_folder / "faces")] if NOTO[role] in system else []
    # At the size of a chart's figures Fandol's thin digits beside its heavy characters are hard to read.
    for path in [*noto, *fandol] if role == "chart" else [*fandol, *noto]:
        yield FontFile(path)


def _own_fonts(folder: Path) -> dict[str, Path]:
    """Role → file. A file that is no font is passed over; of two for one role the first by name counts."""
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() in FONT_SUFFIXES and (role := _own_role(path)):
            found.setdefault(role, path)
    return {role: _single_face(path, "", Path(settings.VAR_DIR) / "fonts" / "faces") for role, path in found.items()}


def _own_role(path: Path) -> str | None:
    try:
        with TTFont(path, lazy=True, fontNumber=0) as font:
            names = [record.toUnicode(errors="replace") for record in font["name"].names if record.nameID in (1, 4, 6)]
    except (TTLibError, OSError):
        return None
    return next((role for role, pattern in OWN_NAMES.items() if any(pattern.search(name) for name in names)), None)


def _system_files(folders: tuple[Path, ...]) -> dict[str, Path]:
    """File name → path, of the fonts we know by file name."""
    wanted = {*NOTO.values(), SYMBOL_FILE}
    found: dict[str, Path] = {}
    for folder in folders:
        for path in folder.rglob("*.tt[cf]"):
            if path.name in wanted:
                found.setdefault(path.name, path)
    return found


def _single_face(path: Path, wanted: str, folder: Path) -> Path:
    """`path` itself, or for a collection a file with one of its faces, written to `folder` once.

    @font-face cannot say which face of a collection it means. `wanted` is a part of the face's PostScript name; the
    first face does when none has it.
    """
    if path.suffix.lower() not in (".ttc", ".otc"):
        return path
    single = folder / f"{path.stem}-{wanted.strip('-') or 'first'}.otf"
    if not single.is_file() or single.stat().st_mtime < path.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        part = single.with_suffix(f".{os.getpid()}")
        with TTCollection(path, lazy=True) as collection:
            faces = collection.fonts
            face = next((font for font in faces if wanted in (font["name"].getDebugName(6) or "")), faces[0])
            face.save(part, reorderTables=None)
        part.replace(single)
    return single


@functools.lru_cache(maxsize=32)
def _covered(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
