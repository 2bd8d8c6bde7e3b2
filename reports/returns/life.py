"""The life of a return (上报): filled, sent, accepted or sent back, unlocked by two persons. Pure.

Whoever sent it never accepts it, and whoever asked for an unlocking never grants it.
"""

from enum import StrEnum


class State(StrEnum):
    EMPTY = "empty"  # there is no row yet
    FILLED = "filled"
    SENT = "sent"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Step(StrEnum):
    FILL = "fill"
    SEND = "send"
    SEND_BACK = "send_back"
    ACCEPT = "accept"
    ASK_UNLOCK = "ask_unlock"
    UNLOCK = "unlock"
    KEEP_LOCKED = "keep_locked"


class Part(StrEnum):
    """Whose step it is: the unit's own reporter, or those above who receive."""

    REPORTER = "reporter"
    RECEIVER = "receiver"


MOVES: dict[tuple[State, Step], State] = {
    (State.EMPTY, Step.FILL): State.FILLED,
    (State.FILLED, Step.FILL): State.FILLED,
    (State.FILLED, Step.SEND): State.SENT,
    (State.RETURNED, Step.FILL): State.FILLED,
    (State.SENT, Step.ACCEPT): State.ACCEPTED,
    (State.SENT, Step.SEND_BACK): State.RETURNED,
    (State.ACCEPTED, Step.ASK_UNLOCK): State.ACCEPTED,
    (State.ACCEPTED, Step.UNLOCK): State.RETURNED,
    (State.ACCEPTED, Step.KEEP_LOCKED): State.ACCEPTED,
}
PARTS_OF: dict[Step, tuple[Part, ...]] = {
    Step.FILL: (Part.REPORTER,),
    Step.SEND: (Part.REPORTER,),
    Step.SEND_BACK: (Part.RECEIVER,),
    Step.ACCEPT: (Part.RECEIVER,),
    Step.ASK_UNLOCK: (Part.REPORTER, Part.RECEIVER),
    Step.UNLOCK: (Part.RECEIVER,),
    Step.KEEP_LOCKED: (Part.RECEIVER,),
}
STANDS = (State.SENT, State.ACCEPTED)
WRITABLE = (State.EMPTY, State.FILLED, State.RETURNED)
ANSWERS_A_REQUEST = (Step.UNLOCK, Step.KEEP_LOCKED)


def after(state: str, step: str) -> State | None:
    """The state after `step`; None where it is not allowed in `state`."""
    return MOVES.get((State(state), Step(step)))


def allowed(state: str, part: Part, *, has_request: bool) -> list[Step]:
    """The steps of `part` in `state`, in the order of the table. `has_request`: an unlocking was asked for."""
    steps = [step for (before, step) in MOVES if before == state and part in PARTS_OF[step]]
    return [
        step
        for step in steps
        if (step not in ANSWERS_A_REQUEST or has_request) and (step != Step.ASK_UNLOCK or not has_request)
    ]


def lock_words(state: str, receiver: str) -> str:
    """Why it cannot be changed, and until when; empty where it can. `receiver`: the unit above, by name."""
    if state == State.SENT:
        return f"已报送，等{receiver}接收。接收或退回以前不能改；填错了请对方退回。"
    if state == State.ACCEPTED:
        return f"已被{receiver}接收，数字已计入汇总。要改须写明原因申请开锁，由另一人同意后退回修改；在此之前一直锁定。"
    return ""
