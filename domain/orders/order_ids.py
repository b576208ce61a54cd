"""Names of setups and orders, each a function of what it names.

A retry of an order has the same id, so the venue sees it is the same; a replay repeats every id.
"""

from typing import Final

from domain.market.direction import Direction

ORDER_ID_LENGTH: Final = 36
MOST_LEGS: Final = 9_999

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PLAIN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_ALLOWED: Final = frozenset(".:/_-") | frozenset(_DIGITS) | frozenset(_DIGITS.upper())
_LONGEST_PLAIN: Final = 18
_DIGEST_DIGITS: Final = _LONGEST_PLAIN - 1
_LEG_LETTERS: Final = "stx"

# The 128-bit FNV-1a parameters.
_FNV_OFFSET: Final = 0x6C62272E07BB014262B821756295C58D
_FNV_PRIME: Final = 0x0000000001000000000000000000013B


def setup_id(symbol: str, direction: Direction, at_ms: int) -> str:
    """Name a setup, such as `BTCUSDT.L.lq3w5c00`, in at most 30 characters the venue allows.

    The last part is the time in milliseconds since 1970, base 36. A symbol of at most 18
    characters out of A-Z, 0-9 and _ stands for itself; any other is told by `_` and 17 base-36
    digits of its FNV-1a hash (two such symbols share a name with chance 2^-87).
    """
    return f"{_symbol_word(symbol)}.{direction.value[0].upper()}.{_base36(at_ms)}"


def entry_id(setup: str) -> str:
    """Name the order that enters."""
    return f"{setup}-e"


def stop_id(setup: str, number: int) -> str:
    """Name the n-th resident stop of a setup, counted from 1; a moved stop is a new order."""
    return _leg(setup, "s", number)


def target_id(setup: str, number: int) -> str:
    """Name the n-th resident target of a setup, counted from 1."""
    return _leg(setup, "t", number)


def exit_id(setup: str, number: int) -> str:
    """Name the n-th exit at market of a setup, counted from 1."""
    return _leg(setup, "x", number)


def setup_of(order_id: str) -> str | None:
    """Give the setup an order belongs to, or None for an id this service never gives.

    The venue's own orders, such as `autoclose-1700000000000`, are not ours.
    """
    setup, _, leg = order_id.rpartition("-")
    is_ours = setup.count(".") == 2 and (leg == "e" or _is_numbered(leg))  # noqa: PLR2004 - symbol, side, time
    return setup if is_ours else None


def is_valid_order_id(order_id: str) -> bool:
    """Tell whether the venue takes this id: 1 to 36 characters out of its alphabet."""
    return 0 < len(order_id) <= ORDER_ID_LENGTH and _ALLOWED.issuperset(order_id)


def _leg(setup: str, letter: str, number: int) -> str:
    if not 1 <= number <= MOST_LEGS:
        raise ValueError(f"leg {number} of {setup} is not within 1 to {MOST_LEGS}")
    return f"{setup}-{letter}{number}"


def _is_numbered(leg: str) -> bool:
    number = leg[1:]
    is_number = number.isascii() and number.isdigit() and not number.startswith("0")
    return leg[:1] in _LEG_LETTERS and is_number


def _symbol_word(symbol: str) -> str:
    is_plain = 0 < len(symbol) <= _LONGEST_PLAIN and symbol[0] != "_" and _PLAIN.issuperset(symbol)
    return symbol if is_plain else f"_{_digest(symbol)}"


def _digest(symbol: str) -> str:
    state = _FNV_OFFSET
    for byte in symbol.encode():
        state = ((state ^ byte) * _FNV_PRIME) % 2**128
    return _base36(state % 36**_DIGEST_DIGITS).rjust(_DIGEST_DIGITS, "0")


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"
