"""From the venue's bytes to the desk's wallet: whatever moves it, both say the same."""

import json
from decimal import Decimal

import pytest

from adapters.binance.wire.account_events import AccountUpdate
from adapters.binance.wire.account_frames import read_account_frame
from domain.connection_events import WalletMoved
from tests.adapters.binance.orders.clerk_drill import VENUE_MS, ClerkDrill
from tests.application.drill import WALLET, Drill

REASONS = (
    "DEPOSIT",
    "WITHDRAW",
    "WITHDRAW_REJECT",
    "ADJUSTMENT",
    "INSURANCE_CLEAR",
    "ADMIN_DEPOSIT",
    "ADMIN_WITHDRAW",
    "MARGIN_TRANSFER",
    "ASSET_TRANSFER",
    "OPTIONS_PREMIUM_FEE",
    "OPTIONS_SETTLE_PROFIT",
    "AUTO_EXCHANGE",
    "COIN_SWAP_DEPOSIT",
    "COIN_SWAP_WITHDRAW",
    "A_REASON_OF_NEXT_YEAR",
)


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("by", ["12.50000001", "-0.00000003"])
def test_a_move_for_any_reason_moves_the_desks_wallet_by_the_same_sum(reason: str, by: str) -> None:
    frame = {
        "e": "ACCOUNT_UPDATE",
        "E": VENUE_MS + 6_000,
        "T": VENUE_MS + 5_999,
        "a": {"m": reason, "B": [{"a": "USDT", "wb": "1000", "cw": "1000", "bc": by}], "P": [], "new": 1},
    }
    update = read_account_frame(json.dumps(frame).encode())
    assert isinstance(update, AccountUpdate)
    clerk, desk = ClerkDrill(), Drill()
    clerk.hear(update)
    (moved,) = clerk.of(WalletMoved)
    assert moved.reason == reason
    decision = desk.tell(moved._replace(at_ms=desk.now_ms))
    assert desk.desk.wallet == WALLET + Decimal(by)
    assert [record.detail for record in decision.records] == [f"{Decimal(by)} {reason}"]
