"""What to do about each of the venue's error codes."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What a refusal asks for."""

    RETRY = "send it again after a moment"
    RECONCILE = "ask the venue what is, before anything else"
    RESIZE = "mend price, quantity or leverage, then send again"
    REPRICE = "the market has moved past this price; choose another or let it go"
    EXIT_AT_MARKET = "the stop lies behind the market already; leave at market"
    CANCEL_STALE = "too many orders rest; take stale ones away"
    KEEP_AS_IS = "the account cannot change this now; keep what is in force and tell"
    BACK_OFF = "too many requests or orders; wait"
    RESYNC_CLOCK = "our clock differs from the venue's; ask for its time"
    RENEW_LISTEN_KEY = "the account's stream needs a new key"
    ALREADY_SO = "nothing to do, it is so already"
    OPEN_NOTHING = "open no risk any more; exits only"
    FAIL = "a mistake of ours or a missing permission; stop and tell"


def _each(action: Action, codes: Iterable[int]) -> dict[int, Action]:
    return dict.fromkeys(codes, action)


# Outcomes that the venue itself does not know; only a look at the order tells.
UNCERTAIN_CODES: Final = frozenset({-1000, -1001, -1006, -1007})
SILENCING_CODE: Final = -1003
CLOCK_CODE: Final = -1021

ACTION_OF: Final[dict[int, Action]] = {
    **_each(Action.RETRY, (-1008,)),
    **_each(Action.RECONCILE, (-1112, -2011, -2012, -2013, -2022, -2024, -4083, -4116, -4117, -4118)),
    **_each(Action.RECONCILE, (-4129, -4130, -4509, -5024, -5025, -5026, -5027, -5028, -5029, -5043, -5047)),
    **_each(Action.RESIZE, (-1111, -2018, -2019, -2020, -2027, -2028, -4050, -4051, -4131, -4164)),
    **_each(Action.RESIZE, (*range(-4033, -3999), -4183, -4184, -4210, -4211, *range(-4209, -4201), -4403)),
    **_each(Action.REPRICE, (-5021, -5022, -5037, -5038, -5039, -5040, -5041)),
    **_each(Action.EXIT_AT_MARKET, (-2021, -4142)),
    **_each(Action.CANCEL_STALE, (-2025, -4045)),
    **_each(Action.KEEP_AS_IS, (-4047, -4048, -4067, -4068, -4161, *range(-4170, -4166), -4172)),
    **_each(Action.BACK_OFF, (SILENCING_CODE, -1015)),
    **_each(Action.RESYNC_CLOCK, (CLOCK_CODE,)),
    **_each(Action.RENEW_LISTEN_KEY, (-1125,)),
    **_each(Action.ALREADY_SO, (-4046, -4052, -4059, -4171)),
    **_each(Action.OPEN_NOTHING, (-1016, -2014, -2015, -2017, -2023, -4087, -4088, -4105, -4106, -4107)),
    **_each(Action.OPEN_NOTHING, (-4140, -4141, -4189, -4192, -4400, -4401)),
    **_each(
        Action.FAIL, (-1002, -1010, -1011, -1013, -1014, -1020, -1022, -1023, -1099, *range(-1106, -1099))
    ),
    **_each(Action.FAIL, (*range(-1122, -1113), -1126, -1127, -1128, -1130, -1136, -2010, -2026, -4015)),
    **_each(Action.FAIL, (-4021, -4060, -4061, -4062, -4082, -4109, -4120, -4135, -4137, -4138, -4139)),
    **_each(Action.FAIL, (-4165, -4166, -4220, -4402, -4531)),
}
