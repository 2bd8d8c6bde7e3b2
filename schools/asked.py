"""What an address asks for: only what is offered is heard."""

from collections.abc import Container


def one_of(text: str | None, offered: Container[str]) -> str:
    """Empty where it is not offered."""
    return text if text and text in offered else ""
