"""Sealed streams: what was sealed opens again, and nothing else does."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.store import sealed
from intake.store.sealed import NotOurSeal, opened, seal

KEY = bytes(range(32))
_PIECE = 1 << 20


def stored(content: bytes, size: int = 1000) -> bytes:
    pieces = (content[start : start + size] for start in range(0, len(content), size))
    return b"".join(seal(KEY, pieces))


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_what_was_sealed_opens_again(content: bytes, size: int) -> None:
    assert b"".join(opened(KEY, io.BytesIO(stored(content, size)))) == content


@pytest.mark.parametrize("length", [0, _PIECE - 1, _PIECE, _PIECE + 1, 3 * _PIECE])
def test_pieces_end_where_they_should(length: int) -> None:
    content = bytes(length)
    assert b"".join(opened(KEY, io.BytesIO(stored(content, 333_333)))) == content


@given(st.binary(min_size=1, max_size=300), st.data())
def test_one_changed_byte_is_noticed(content: bytes, data: st.DataObject) -> None:
    whole = bytearray(stored(content))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1
    with pytest.raises(NotOurSeal):
        list(opened(KEY, io.BytesIO(bytes(whole))))


def test_a_stream_that_was_cut_at_a_piece_is_noticed() -> None:
    whole = stored(bytes(3 * _PIECE))
    head = len(sealed.MARK) + 7
    with pytest.raises(NotOurSeal):
        list(opened(KEY, io.BytesIO(whole[: head + _PIECE + 16])))


def test_pieces_cannot_change_places() -> None:
    whole = stored(bytes(2 * _PIECE) + b"end")
    head, piece = len(sealed.MARK) + 7, _PIECE + 16
    first, second, rest = whole[head : head + piece], whole[head + piece : head + 2 * piece], whole[head + 2 * piece :]
    with pytest.raises(NotOurSeal):
        list(opened(KEY, io.BytesIO(whole[:head] + second + first + rest)))
