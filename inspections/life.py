"""The life of a finding (问题): its states, the steps between them, and whose step each is. Pure.

found → rectifying → submitted → verified → closed; sent back with a reason, reopened when it recurs. Who verifies is
never the one who answered: nobody certifies her own work.
"""

from enum import StrEnum


class State(StrEnum):
    FOUND = "found"
    RECTIFYING = "rectifying"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    CLOSED = "closed"


class Step(StrEnum):
    PLAN = "plan"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    VERIFY = "verify"
    CLOSE = "close"
    REOPEN = "reopen"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"


class Part(StrEnum):
    """Whose step it is: the unit's that must put it right, or the inspectors' above it."""

    OWNER = "owner"
    OVERSEER = "overseer"


MOVES: dict[tuple[State, Step], State] = {
    (State.FOUND, Step.PLAN): State.RECTIFYING,
    (State.FOUND, Step.ASK_EXTENSION): State.FOUND,
    (State.FOUND, Step.GRANT_EXTENSION): State.FOUND,
    (State.FOUND, Step.REFUSE_EXTENSION): State.FOUND,
    (State.RECTIFYING, Step.PLAN): State.RECTIFYING,
    (State.RECTIFYING, Step.SUBMIT): State.SUBMITTED,
    (State.RECTIFYING, Step.ASK_EXTENSION): State.RECTIFYING,
    (State.RECTIFYING, Step.GRANT_EXTENSION): State.RECTIFYING,
    (State.RECTIFYING, Step.REFUSE_EXTENSION): State.RECTIFYING,
    (State.SUBMITTED, Step.VERIFY): State.VERIFIED,
    (State.SUBMITTED, Step.SEND_BACK): State.RECTIFYING,
    (State.VERIFIED, Step.CLOSE): State.CLOSED,
    (State.CLOSED, Step.REOPEN): State.FOUND,
}

PART_OF: dict[Step, Part] = {
    Step.PLAN: Part.OWNER,
    Step.SUBMIT: Part.OWNER,
    Step.ASK_EXTENSION: Part.OWNER,
    Step.SEND_BACK: Part.OVERSEER,
    Step.VERIFY: Part.OVERSEER,
    Step.CLOSE: Part.OVERSEER,
    Step.REOPEN: Part.OVERSEER,
    Step.GRANT_EXTENSION: Part.OVERSEER,
    Step.REFUSE_EXTENSION: Part.OVERSEER,
}

# In these the owner still owes an answer, and the deadline runs.
OWING = (State.FOUND, State.RECTIFYING)
OPEN = (State.FOUND, State.RECTIFYING, State.SUBMITTED, State.VERIFIED)

# Steps that answer a request for more time, and so need one.
ANSWERS_A_REQUEST = (Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION)


def after(state: str, step: str) -> State | None:
    """The state after `step`; None where it is not allowed in `state`."""
    return MOVES.get((State(state), Step(step)))


def allowed(state: str, part: Part, *, has_request: bool) -> list[Step]:
    """The steps of `part` in `state`, in the order of the table. `has_request`: more time was asked for."""
    steps = [step for (before, step) in MOVES if before == state and PART_OF[step] == part]
    return [
        step
        for step in steps
        if (step not in ANSWERS_A_REQUEST or has_request) and (step != Step.ASK_EXTENSION or not has_request)
    ]
