"""What can go wrong between a template and a sheet of paper."""


class PaperError(Exception):
    """A document that cannot be made; the message is for the person who asked for it."""


class NoFontError(PaperError):
    """There is no Chinese font for one of the roles."""


class MissingGlyphError(PaperError):
    """Characters that no font of the chain can print; printed all the same they would be boxes."""

    def __init__(self, characters: str) -> None:
        listed = "、".join(f"{character}(U+{ord(character):04X})" for character in characters[:20])
        more = f"等 {len(characters)} 个字" if len(characters) > 20 else ""
        super().__init__(
            f"现有字体打不出：{listed}{more}。请把含有这些字的字体放进 PAPER_FONT_DIR 所指的文件夹后再试。"
        )
        self.characters = characters


class MissingResourceError(PaperError):
    """A picture or style sheet that the template names is not there, or is not allowed to be read."""

    def __init__(self, url: str) -> None:
        super().__init__(f"版式中引用的文件无法读取：{url}")
        self.url = url


class ChartError(PaperError):
    """A chart that cannot be drawn on this machine, or an option that ECharts refuses."""
