"""What can become of a training institution (校外培训机构): its state, its registration, its permit. Pure.

压减 counts what was closed, converted or revoked; who has suspended its business (停业) may come back and is not
counted (国务院教育督导委员会办公室 half-month form, item 9).
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    OPERATING = "operating"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    CONVERTED = "converted"
    REVOKED = "revoked"


class Registration(StrEnum):
    PROFIT = "profit"
    NON_PROFIT = "non_profit"


class Permit(StrEnum):
    NONE = "none"
    FILED = "filed"
    APPROVED = "approved"


class Step(StrEnum):
    SUSPEND = "suspend"
    RESUME = "resume"
    FILE = "file"
    APPROVE = "approve"
    TURN_NON_PROFIT = "turn_non_profit"
    CLOSE = "close"
    CONVERT = "convert"
    REVOKE = "revoke"


THERE = (State.OPERATING, State.SUSPENDED)
REDUCED = (State.CLOSED, State.CONVERTED, State.REVOKED)


@dataclass(frozen=True, slots=True)
class Standing:
    state: State
    registration: Registration
    permit: Permit


def after(standing: Standing, step: Step, *, is_academic: bool) -> Standing | None:
    """Where `step` leads; None where it cannot be taken. Nothing leads back from 注销, 转型 or 吊销.

    营转非 is an academic institution's alone; 备改审 (APPROVE from FILED) and a first approval are one step.
    """
    if standing.state not in THERE:
        return None
    if step == Step.TURN_NON_PROFIT:
        is_open = is_academic and standing.registration == Registration.PROFIT
        return replace(standing, registration=Registration.NON_PROFIT) if is_open else None
    if step in PERMITS:
        before, then = PERMITS[step]
        return replace(standing, permit=then) if standing.permit in before else None
    before_states, state = STATES[step]
    return replace(standing, state=state) if standing.state in before_states else None


PERMITS: dict[Step, tuple[tuple[Permit, ...], Permit]] = {
    Step.FILE: ((Permit.NONE,), Permit.FILED),
    Step.APPROVE: ((Permit.NONE, Permit.FILED), Permit.APPROVED),
}
STATES: dict[Step, tuple[tuple[State, ...], State]] = {
    Step.SUSPEND: ((State.OPERATING,), State.SUSPENDED),
    Step.RESUME: ((State.SUSPENDED,), State.OPERATING),
    Step.CLOSE: (THERE, State.CLOSED),
    Step.CONVERT: (THERE, State.CONVERTED),
    Step.REVOKE: (THERE, State.REVOKED),
}


def open_steps(standing: Standing, *, is_academic: bool) -> list[Step]:
    """Those that can be taken now, the harmless ones first."""
    return [step for step in Step if after(standing, step, is_academic=is_academic)]
