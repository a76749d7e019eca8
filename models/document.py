"""The life of a document in the service: its states and the only ways from one to the next."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a document stands (design: a document's way)."""

    RECEIVED = "received"
    QUEUED = "queued"
    PROCESSING = "processing"
    REGISTERED = "registered"
    IN_REVIEW = "in_review"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether the machine is done with the document (a person may still act on it)."""
        return self not in UNFINISHED


#: What nobody reads yet, and what the machine is not done with; as the database tells them.
UNREAD = (State.RECEIVED.value, State.QUEUED.value)
UNFINISHED = (*UNREAD, State.PROCESSING.value)

TRANSITIONS: dict[State, frozenset[State]] = {
    #: What waits is returned unread when somebody takes it back.
    State.RECEIVED: frozenset({State.QUEUED, State.PROCESSING, State.DUPLICATE, State.FAILED, State.REJECTED}),
    State.QUEUED: frozenset({State.QUEUED, State.PROCESSING, State.FAILED, State.REJECTED}),
    State.PROCESSING: frozenset(
        {
            State.QUEUED,
            State.PROCESSING,
            State.REGISTERED,
            State.IN_REVIEW,
            State.REJECTED,
            State.DUPLICATE,
            State.FAILED,
        }
    ),
    State.IN_REVIEW: frozenset({State.REGISTERED, State.REJECTED, State.DUPLICATE}),
    State.REJECTED: frozenset({State.QUEUED, State.IN_REVIEW}),
    State.FAILED: frozenset({State.QUEUED}),
    #: Only to undo a person's decision, or to contest what came back of a document of several invoices.
    State.REGISTERED: frozenset({State.IN_REVIEW}),
    State.DUPLICATE: frozenset({State.IN_REVIEW}),
}

STATE_WORDS: dict[State, tuple[str, str]] = {
    State.RECEIVED: ("已接收", "Received"),
    State.QUEUED: ("排队中", "Waiting"),
    State.PROCESSING: ("识别中", "Being read"),
    State.REGISTERED: ("已入账", "Registered"),
    State.IN_REVIEW: ("待复核", "Needs review"),
    State.REJECTED: ("已退回", "Returned"),
    State.DUPLICATE: ("重复", "Duplicate"),
    State.FAILED: ("处理失败", "Failed"),
}


def may_become(before: State, after: State) -> bool:
    """Whether the state machine allows the step."""
    return after in TRANSITIONS[before]
