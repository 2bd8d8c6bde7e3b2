"""Legal bases of what is done about wrongdoing; they stand in penalties.toml. Knows no database."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from training.policy import yuan

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Clause:
    """`kinds`: of violations it is for, all where empty. Bounds of the fine: in 分, or times the illegal income."""

    id: str
    document: str
    number: str
    words: str
    first_day: dt.date
    kinds: tuple[str, ...] = ()
    article: str = ""
    fine_least: int | None = None
    fine_most: int | None = None
    times_least: int | None = None
    times_most: int | None = None

    @property
    def basis(self) -> str:
        """As a decision cites it; without the article where the officer must write it."""
        return f"《{self.document}》（{self.number}）{self.article}" if self.document else ""

    def fine_problem(self, fine: int, illegal: int) -> str:
        """Why a fine of so much, 0 for none, is not what the clause allows; empty where it is."""
        if not fine:
            return ""
        if self.fine_most is not None and fine > self.fine_most:
            return f"这一条罚款最高{yuan(self.fine_most)}。"
        if self.fine_least is not None and fine < self.fine_least:
            return f"这一条罚款最低{yuan(self.fine_least)}。"
        return self._times_problem(fine, illegal)

    def _times_problem(self, fine: int, illegal: int) -> str:
        if self.times_least is None or self.times_most is None:
            return ""
        if not illegal:
            return "这一条按违法所得的倍数罚款，请填写违法所得。"
        if not self.times_least * illegal <= fine <= self.times_most * illegal:
            least, most = yuan(self.times_least * illegal), yuan(self.times_most * illegal)
            return f"这一条罚款为违法所得的{self.times_least}到{self.times_most}倍，即{least}到{most}。"
        return ""


@cache
def clauses() -> dict[str, Clause]:
    rows = tomllib.loads((HERE / "penalties.toml").read_text(encoding="utf8"))["clause"]
    return {row["id"]: Clause(**row | {"kinds": tuple(row["kinds"])}) for row in rows}


def open_to(kind: str, day: dt.date) -> list[Clause]:
    """Those in force on `day` that a violation of `kind` may be dealt with by."""
    return [one for one in clauses().values() if one.first_day <= day and (not one.kinds or kind in one.kinds)]
