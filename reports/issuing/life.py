"""The life of a report (报告): made, sent for review (送审), checked (审核), issued (签发), or sent back. Pure.

Three duties, and whoever sent it neither checks nor issues it. An issued report never changes: what is put right
afterwards is a new version with a life of its own.
"""

from enum import StrEnum

from schools.models.people import Duty


class State(StrEnum):
    DRAFT = "draft"  # made before the cut-off: cannot be sent
    MADE = "made"
    SENT = "sent"
    CHECKED = "checked"
    ISSUED = "issued"


class Step(StrEnum):
    SEND = "send"
    CHECK = "check"
    ISSUE = "issue"
    SEND_BACK = "send_back"


# State and step → the state after it, and whose duty the step is.
MOVES: dict[tuple[State, Step], tuple[State, Duty]] = {
    (State.MADE, Step.SEND): (State.SENT, Duty.MAKER),
    (State.SENT, Step.CHECK): (State.CHECKED, Duty.CHECKER),
    (State.SENT, Step.SEND_BACK): (State.MADE, Duty.CHECKER),
    (State.CHECKED, Step.ISSUE): (State.ISSUED, Duty.SIGNER),
    (State.CHECKED, Step.SEND_BACK): (State.MADE, Duty.SIGNER),
}
# While somebody reads it, its figures stand still.
IN_REVIEW = (State.SENT, State.CHECKED)
NOT_BY_THE_MAKER = (Step.CHECK, Step.ISSUE)


def after(state: str, step: str) -> State | None:
    """The state after `step`; None where it is not allowed in `state`."""
    move = MOVES.get((State(state), Step(step)))
    return move[0] if move else None


def duties_of(step: str) -> set[Duty]:
    """Who may do `step` in one state or another."""
    return {duty for (_, one), (_, duty) in MOVES.items() if one == step}


def duty_for(state: str, step: str) -> Duty | None:
    """Whose duty `step` is in `state`; None where it is not allowed."""
    move = MOVES.get((State(state), Step(step)))
    return move[1] if move else None


def allowed(state: str, duties: set[str]) -> list[Step]:
    """The steps that somebody with these duties may take in `state`, in the order of the table."""
    return [step for (before, step), (_, duty) in MOVES.items() if before == state and duty in duties]


def next_duty(state: str) -> Duty | None:
    """Whose turn it is; None where it is nobody's."""
    return next((duty for (before, _), (_, duty) in MOVES.items() if before == state), None)
