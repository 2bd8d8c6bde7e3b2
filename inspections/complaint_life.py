"""The life of a complaint (举报): received → accepted → replied → closed, or refused with a reason. Pure.

The unit in charge routes it, accepts it or refuses it; from then on it is the handling officer's alone.
"""

from enum import StrEnum


class State(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REPLIED = "replied"
    CLOSED = "closed"
    REJECTED = "rejected"


class Step(StrEnum):
    ACCEPT = "accept"
    ROUTE = "route"
    REJECT = "reject"
    REPLY = "reply"
    CLOSE = "close"


MOVES: dict[tuple[State, Step], State] = {
    (State.RECEIVED, Step.ACCEPT): State.ACCEPTED,
    (State.RECEIVED, Step.ROUTE): State.RECEIVED,
    (State.RECEIVED, Step.REJECT): State.REJECTED,
    (State.ACCEPTED, Step.REPLY): State.REPLIED,
    (State.REPLIED, Step.CLOSE): State.CLOSED,
}
# Of the handling officer; the others are of anybody of the unit in charge.
HANDLERS = (Step.REPLY, Step.CLOSE)
OPEN = (State.RECEIVED, State.ACCEPTED, State.REPLIED)
UPHELD = ("upheld", "partly")

# Working days from the day of receipt within which it is answered.
DAYS_TO_ANSWER = 15


def after(state: str, step: str) -> State | None:
    return MOVES.get((State(state), Step(step)))


def open_steps(state: str, *, is_handler: bool) -> list[Step]:
    """In the order of the table; those of the handling officer to her alone."""
    steps = [step for (before, step) in MOVES if before == state]
    return [step for step in steps if is_handler or step not in HANDLERS]
