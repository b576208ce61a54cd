"""The broker through minutes of a bad venue: every order answered, every fill told once."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest

from adapters.venue.faults import FAULTS, NOT_IN_SCHEDULES, FaultSwitch
from domain.connection_events import AccountCompared, WalletMoved
from domain.orders.order import Order, OrderPurpose
from domain.orders.order_events import OrderFilled
from domain.tape import FundingSettled, SessionOpened
from tests.adapters.binance.trading_room import TradingRoom, entry, market_exit, play, stop, target
from tests.adapters.venue.house import SYMBOL

MINUTES = 5
# A session is over, or nothing of it is left to be compared, when these strike.
TOO_MUCH = NOT_IN_SCHEDULES | {"address_banned", "stop_cancelled_by_venue"}
OFTEN = {
    "unknown_executed",
    "unknown_not_executed",
    "timeout_executed",
    "cut_after_execution",
    "cut_before_execution",
    "internal_error",
    "order_invisible",
    "stop_invisible",
    "stop_stuck",
    "stop_rejected",
    "listen_key_expires_silently",
    "sockets_cut",
    "book_thin",
}
SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_goes_wrong_every_order_is_answered_and_the_book_is_the_venues(seed: int) -> None:
    chance = Random(seed)

    async def scene(room: TradingRoom) -> None:
        schedule(room, chance)
        for number in range(MINUTES * 3):
            await trade_once(room, chance, number)
        room.venue.faults.clear()
        await leave(room)
        await settle(room)
        hold_to_account(room)

    play(scene, wandering(chance))


def wandering(chance: Random) -> list[float]:
    prices = [60_000.0]
    for _ in range(MINUTES * 4):
        prices.append(round(prices[-1] * (1 + chance.uniform(-0.002, 0.002)), 1))
    return prices


def schedule(room: TradingRoom, chance: Random) -> None:
    """Give every fault a window of some seconds."""
    start_ms = room.venue.now_ms()
    for name in sorted(FAULTS.keys() - TOO_MUCH):
        for _ in range(8 if name in OFTEN else 1):
            from_ms = start_ms + chance.randrange(MINUTES * 60_000)
            until_ms = from_ms + chance.randrange(2_000, 15_000)
            room.venue.faults.set(FaultSwitch(name, chance.choice((0.3, 1.0)), from_ms, until_ms))


async def trade_once(room: TradingRoom, chance: Random, number: int) -> None:
    """Enter, protect what filled, and leave in one of several ways; some twenty seconds."""
    price = Decimal(str(room.venue.market.symbols[SYMBOL].ticks)) * Decimal("0.1")
    enter = named(entry(None if chance.random() < 0.6 else f"{price - 5:.1f}"), number)
    await room.send(enter)
    await asyncio.sleep(chance.uniform(0, 8))
    await room.cancel(enter)
    held = filled(room, enter)
    if held:
        legs = [
            named(stop(f"{price * Decimal('0.998'):.1f}", quantity=f"{held}"), number),
            named(target(f"{price * Decimal('1.002'):.1f}", quantity=f"{held}"), number),
        ]
        await room.send(*legs)
        await asyncio.sleep(chance.uniform(0, 8))
        if chance.random() < 0.7:
            await room.send(named(market_exit(quantity=f"{held}"), number))
        await asyncio.sleep(chance.uniform(0, 4))
        for leg in legs:
            await room.cancel(leg)


def named(order: Order, number: int) -> Order:
    leg = order.order_id.rpartition("-")[2]
    return replace(order, order_id=f"{SYMBOL}.L.lq3w6{number:03d}-{leg}")


def filled(room: TradingRoom, order: Order) -> Decimal:
    return room.books[order.order_id].filled_quantity


async def leave(room: TradingRoom) -> None:
    """Close what is left, as often as it takes for late fills."""
    for number in range(90, 96):
        for working in [working for working in room.books.values() if working.is_live]:
            await room.cancel(working.order)
        await asyncio.sleep(12)
        if room.position() > 0:
            await room.send(named(market_exit(quantity=f"{room.position()}"), number))


async def settle(room: TradingRoom) -> None:
    before = len(room.of(AccountCompared))
    await room.until_told(AccountCompared, times=before + 2, most_s=150)


def hold_to_account(room: TradingRoom) -> None:
    assert room.broker.unanswered == ()
    live = {working.order.order_id for working in room.books.values() if working.is_live}
    assert set(room.open_orders()) | set(room.open_stops()) <= live
    told = sum((event.fill.side.sign * event.fill.quantity for event in room.of(OrderFilled)), Decimal(0))
    assert told == room.position()
    hold_to_wallet(room)
    entries = Counter(
        order.client_id
        for order in room.venue.exchange.all_orders(None)
        if order.client_id in room.books and room.books[order.client_id].order.purpose is OrderPurpose.ENTRY
    )
    assert not [name for name, times in entries.items() if times > 1]


def hold_to_wallet(room: TradingRoom) -> None:
    """Fills, funding and what the insurance fund took make the wallet."""
    (opened,) = room.of(SessionOpened)
    moved = sum((event.fill.realized_pnl - event.fill.fee for event in room.of(OrderFilled)), Decimal(0))
    moved += sum((event.payment for event in room.of(FundingSettled)), Decimal(0))
    moved += sum((event.amount for event in room.of(WalletMoved)), Decimal(0))
    (wallet,) = {told.wallet for told in room.of(AccountCompared)[-1:]}
    assert opened.wallet + moved == wallet
