"""Orders on our account that we did not send."""

from typing import Final

from adapters.binance.wire.account_events import OrderReport
from adapters.binance.wire.account_news import ForeignCause

_BY_CLIENT_ID: Final = (
    ("adl_autoclose", ForeignCause.DELEVERAGING),
    ("settlement_", ForeignCause.SETTLEMENT),
    ("delivery_", ForeignCause.SETTLEMENT),
    ("autoclose-", ForeignCause.LIQUIDATION),
)
_BY_KIND: Final = {"LIQUIDATION": ForeignCause.LIQUIDATION, "ADL": ForeignCause.DELEVERAGING}


def cause_of(report: OrderReport) -> ForeignCause:
    """Tell who sent an order that is none of ours."""
    for beginning, cause in _BY_CLIENT_ID:
        if report.client_id.startswith(beginning):
            return cause
    return _BY_KIND.get(report.kind, ForeignCause.STRANGER)
