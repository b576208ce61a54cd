"""Replies: bytes in, our words out."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from adapters.binance.wire.other_frames import UNREADABLE
from adapters.binance.wire.secret import Secret

_Reply = TypeVar("_Reply")


class ReplyUnreadable(Exception):
    """A reply is not what it should be; says where, never what."""


def reader_of(kind: type[_Reply]) -> Callable[[bytes], _Reply]:
    """Give a function that reads replies of a kind, lists of structs included.

    It takes numbers for texts and texts for numbers, and raises ReplyUnreadable.
    """
    decode = msgspec.json.Decoder(kind, strict=False, dec_hook=_secret).decode

    def read(body: bytes) -> _Reply:
        try:
            return decode(body)
        except UNREADABLE as error:
            raise ReplyUnreadable(str(error)) from None

    return read


def list_or_one(kind: type[_Reply]) -> Callable[[bytes], tuple[_Reply, ...]]:
    """Read a list, or the single object that some endpoints give when one symbol is named."""
    read_one, read_all = reader_of(kind), reader_of(tuple[kind, ...])  # type: ignore[valid-type]

    def read(body: bytes) -> tuple[_Reply, ...]:
        return read_all(body) if body.lstrip()[:1] == b"[" else (read_one(body),)

    return read


def _secret(_: type, told: object) -> Secret:
    if not isinstance(told, str):
        raise TypeError("a key is a text")
    return Secret(told)
