"""What each setting means, in the words of docs/settings.md."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.settings.learning_meanings import LEARNING

GROUPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "": "Switches and places",
        "setup": "What counts as a setup",
        "exits": "When a trade is left",
        "sizing": "How much of the account a trade may use",
        "leverage": "How leverage is earned and capped",
        "gate": "Limits no entry may exceed",
        "cross_margin": "The guard of the whole account's margin",
        "costs": "What a trade is expected to cost",
        "venue": "Where it is traded, and what the simulated venue is like",
        "binance": "How Binance is spoken to",
        "structure_rules": "How market structure is read",
        "learning": "How is learned, and when a model may bet",
        "logs": "The log on stderr",
        "secrets": "Secrets",
    }
)

_GENERAL: Final = {
    "disable_model_training": "Never train a model.",
    "disable_websocket": "Never open a WebSocket: no session can run then, only backtests and replays.",
    "disable_rest_fallback": "REST for account and orders only: holes in candles are not filled from trades.",
    "explore_live": "Trade live without a model of proven skill, at the exploration multiplier.",
    "mode": "Trade on paper, or live with real money; live must also be confirmed on the command line.",
    "structure": "Which structure engine reads the candles: the compiled or the readable one.",
    "confidence": "For drills: one confidence from 0 to 1 for every setup, or `structure`; never a model's.",
    "wallet": "What a simulated account starts with, in quote currency.",
    "data_folder": "Where sessions keep their journals and stores.",
}

_RULES: Final = {
    "setup": {
        "is_relaxed": "For collecting samples: one confirmation is enough, anywhere in the range.",
        "entry": "Wait at the zone's edge as a maker, or enter at once at market.",
        "entry_lifetime_bars": "How many base bars a waiting entry stays.",
        "trigger_max_age_bars": "How many base bars ago the sweep or change of character may lie.",
        "displacement_max_age_bars": "How many base bars ago the displacement may lie.",
        "zone_reach_atr": "How far price may be from the zone, in ATR of the base frame.",
        "stop_buffer_atr": "How far beyond the structure the stop lies, in ATR of the base frame.",
        "min_stop_atr": "The nearest stop, in ATR of the base frame.",
        "min_stop_fraction": "The nearest stop, as a fraction of price.",
        "max_stop_fraction": "The farthest stop, as a fraction of price.",
        "min_reward_to_risk": "The least planned reward over risk.",
        "max_reward_to_risk": "The most planned reward over risk.",
    },
    "exits": {
        "forced_loss_of_margin": "Forced liquidation at this loss, as a share of the initial margin.",
        "forced_loss_in_r": "Forced liquidation at this loss in R, if that comes first.",
        "longest_hold_ms": "The time stop: no position is held longer.",
        "confidence_drop": "Take a profit when confidence fell by this share.",
        "confidence_drop_over_ms": "Over how long that fall is measured.",
        "thesis_confidence": "An invalidated thesis is left below this confidence.",
        "counter_trend_confidence": "A turned trend is left below this confidence.",
        "partial_profit_at": "Close half at this profit, once, and move the stop to break-even.",
        "partial_profit_unit": "What that profit counts in.",
        "trailing_from": "Trail the stop behind structure from this profit on.",
        "trailing_unit": "What that profit counts in.",
        "trailing_buffer_atr": "How far behind structure the stop trails, in ATR of the base frame.",
        "smart_hold_from": "A loss from here on may be held through rules 4 and 5.",
        "smart_hold_to": "A loss up to here may be held through rules 4 and 5.",
        "smart_hold_unit": "What these losses count in.",
        "smart_hold_confidence": "Only with at least this confidence.",
        "pool_reach_atr": "Only this near to an opposite pool, in ATR of the base frame.",
        "longest_bare_ms": "A position that the venue holds no stop for is left after this long.",
        "most_stop_refusals": "A position is left when its stop was refused so often in a row.",
        "exit_retry_ms": "A refused exit is tried again after this long, then after twice as long, up to 16.",
    },
    "sizing": {
        "margin_fraction": "Margin of a trade at Kelly multiplier 1, as a fraction of equity.",
        "max_margin_fraction": "The most margin of a trade, as a fraction of equity.",
        "max_notional_fraction": "The most notional of a trade, as a fraction of equity.",
        "exploration_multiplier": "Stands in for Kelly's multiplier while no model has proven itself.",
    },
    "leverage": {
        "win_rate_floor": "Leverage is earned above this win rate.",
        "win_rate_span": "The win rate above the floor that earns all steps.",
        "most_steps": "How much leverage a win rate of floor plus span earns, above 1.",
        "prior_trades": "The win rate is shrunken as if so many more were played, half of them won.",
        "first_trades": "Until so many closed trades, the first cap holds.",
        "first_cap": "The first cap.",
        "early_trades": "Until so many closed trades, the early cap holds.",
        "early_cap": "The early cap.",
        "seasoned_trades": "Until so many closed trades, the seasoned cap holds.",
        "seasoned_cap": "The seasoned cap.",
        "max_leverage": "The highest leverage ever; the venue's own bracket may be lower.",
        "min_liquidation_stops": "How many stop distances away liquidation must lie at least.",
    },
    "gate": {
        "max_positions": "The most open positions and waiting entries together.",
        "max_position_notional": "The most notional of one position, as a fraction of equity.",
        "max_exposure_per_direction": "The most notional long, and short, as a fraction of equity.",
        "max_total_margin": "The most margin in use, as a fraction of equity.",
        "max_daily_loss": "No entries after losing this fraction of the equity at 00:00 UTC.",
        "max_drawdown": "No entries after losing this fraction of the highest equity.",
        "max_data_age_ms": "No entries on candles older than this.",
        "cool_down.after_losses": "Pause after so many losses in a row.",
        "cool_down.pause_ms": "How long that pause lasts.",
    },
    "cross_margin": {
        "max_margin_fraction": "Above this fraction of equity, the worst loser is closed.",
        "pause_ms": "How long to wait before closing another.",
    },
    "costs": {
        "maker_fee": "Fee of a resting order, as a fraction of notional; below 0 is a rebate.",
        "taker_fee": "Fee of a market order, as a fraction of notional.",
        "slippage": "How much worse a market order fills, as a fraction of price.",
    },
    "venue": {
        "kind": "Where `slt run` trades: a venue of its own on loopback, Binance, or Binance's testnet.",
        "rest_url": "Another base address of REST, such as that of `slt venue`.",
        "stream_url": "Another base address of the streams, without a route.",
        "funding_rate_per_interval": "Funding that longs pay shorts, as a fraction of notional.",
        "funding_interval_ms": "How often funding is settled.",
        "liquidation_fee": "What a forced close costs, as a fraction of notional.",
        "stuck_stop_every": "For drills: every n-th triggered stop hangs without acting; 0 is none.",
    },
    "binance": {
        "symbols": "What is traded, with commas between the names.",
        "prices": "Prices between candles: the middle of the book, or the mark price.",
        "stops_on": "Which price triggers stops and targets: the mark price or the last.",
        "queue_size": "How many items of a feed may wait; then superseded prices are dropped.",
        "longest_hole_ms": "Holes in candles are filled from trades up to this length; 0 fills none.",
        "connect_timeout_s": "How long a connection may take.",
        "answer_timeout_s": "How long an answer may take.",
        "receive_window_ms": "How long a request may be on its way and still be carried out.",
        "compare_every_ms": "How often the book is compared with the venue's account.",
    },
    "structure_rules": {
        "base_step_ms": "Length of a base bar; one-minute candles are put together to it.",
        "middle_step_ms": "Length of a middle bar, a multiple of the base bar.",
        "higher_step_ms": "Length of a higher bar, a multiple of the middle bar.",
        "reset_after_steps": "A hole of more base bars than this starts everything anew.",
        "average_true_range.period_bars": "Over how many bars the range is averaged.",
        "displacement.min_body_atr": "The least body of a displacement, in ATR.",
        "displacement.min_body_share": "The least body of a displacement, as a share of its bar.",
        "swing.reach_bars": "How many bars on each side confirm a swing.",
        "trend.events_kept": "How many breaks of structure are remembered.",
        "trend.half_life_bars": "After how many bars the last break counts half.",
        "order_block.reach_bars": "How many bars before the leg's low the block may lie.",
        "order_block.max_height_atr": "Above this height, in ATR, the candle's body is the zone.",
        "order_block.max_age_bars": "How many bars a block lives.",
        "order_block.kept": "The most blocks kept on a side.",
        "fair_value_gap.min_size_atr": "The smallest gap that counts, in ATR.",
        "fair_value_gap.max_counted_size_atr": "Up to which size a gap counts more, in ATR.",
        "fair_value_gap.max_age_bars": "How many bars a gap lives.",
        "fair_value_gap.kept": "The most gaps kept on a side.",
        "liquidity.equal_within_atr": "Highs this near to each other are equal, in ATR.",
        "liquidity.wait_bars": "How many bars after the pierce a close back is a sweep.",
        "liquidity.max_age_bars": "How many bars a pool lives.",
        "liquidity.kept": "The most pools kept on a side.",
        "liquidity.half_life_bars": "After how many bars the last sweep counts half.",
        "liquidity.nearest": "How many pools on a side are shown to setups and exits.",
        "order_flow.window_bars": "Over how many bars taker flow is added up.",
        "participation.recent_bars": "How many bars of volume are now.",
        "participation.earlier_bars": "How many bars of volume now is compared with.",
        "participation.single_bar_against": "How many bars one bar's volume is compared with.",
    },
    "learning": LEARNING,
    "logs": {
        "level": "From which level on lines are written.",
        "is_json": "Write JSON lines instead of key=value.",
    },
}

_CREDENTIALS: Final = {
    "binance_api_key": "The key for Binance; withdrawals must be off.",
    "binance_api_secret": "Its secret, or the PEM file of its Ed25519 private key.",
    "database_url": "Where Postgres is.",
    "redis_url": "Where Redis is.",
    "discord_webhook_url": "Where Discord notifications go.",
    "telegram_bot_token": "The bot that sends Telegram notifications.",
    "telegram_chat_id": "The chat they go to.",
}

MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    _GENERAL
    | {f"{group}.{name}": meaning for group, members in _RULES.items() for name, meaning in members.items()}
    | _CREDENTIALS
)
