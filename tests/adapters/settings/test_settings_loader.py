import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.settings.setting_name import SETTINGS, SWITCHES
from adapters.settings.settings import LogLevel, Settings
from adapters.settings.settings_loader import SettingsRefused, load_settings, settings_from_header
from domain.exits.exit_rules import ThresholdUnit
from domain.market.trading_costs import TradingCosts
from domain.setup.setup_rules import EntryStyle

A_FRACTION = "it must be a number above 0 and at most 1"
HUSH = "hush-hush-4711"


def problems_of(
    environment: dict[str, str] | None = None,
    chosen: dict[str, str] | None = None,
    file: Path | None = None,
) -> list[str]:
    with pytest.raises(SettingsRefused) as refused:
        load_settings(environment or {}, chosen=chosen or {}, file=file)
    assert str(refused.value) == "\n".join(refused.value.problems)
    return list(refused.value.problems)


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    return tmp_path / "slt.toml"


def test_nothing_given_gives_the_defaults(tmp_path: Path) -> None:
    assert load_settings({}, folder=tmp_path) == Settings()
    assert load_settings({"HOME": "/root", "PATH": "/bin", "MAX_WORKERS": "3"}, folder=tmp_path) == Settings()


def test_the_environment_reaches_every_group() -> None:
    settings = load_settings(
        {
            "SLT_EXITS__CONFIDENCE_DROP": "0.3",
            "SLT_EXITS__PARTIAL_PROFIT_UNIT": "percent_of_margin",
            "SLT_SETUP__ENTRY": "market",
            "SLT_GATE__COOL_DOWN__AFTER_LOSSES": "4",
            "SLT_STRUCTURE_RULES__SWING__REACH_BARS": "3",
            "SLT_COSTS__MAKER_FEE": "-0.00010",
            "SLT_LOGS__LEVEL": "debug",
            "SLT_WALLET": "2500.50",
            "SLT_DATA_FOLDER": "/var/lib/slt",
        }
    )
    assert settings.exits == replace(
        Settings().exits, confidence_drop=0.3, partial_profit_unit=ThresholdUnit.PERCENT_OF_MARGIN
    )
    assert settings.setup.entry is EntryStyle.MARKET
    assert settings.gate.cool_down.after_losses == 4
    assert settings.structure_rules.swing.reach_bars == 3
    assert settings.costs == TradingCosts(maker_fee=Decimal("-0.00010"))
    assert str(settings.costs.maker_fee) == "-0.00010"
    assert settings.logs.level is LogLevel.DEBUG
    assert settings.wallet == Decimal("2500.50")
    assert settings.data_folder == Path("/var/lib/slt")


@pytest.mark.parametrize("text", ["true", "1", "yes", "on", "TRUE"])
def test_the_switches_have_their_own_names(text: str) -> None:
    settings = load_settings(
        {switch: text for switch in SWITCHES if switch != "MAX_LEVERAGE"} | {"MAX_LEVERAGE": "7"}
    )
    assert settings.disable_model_training
    assert settings.disable_websocket
    assert settings.disable_rest_fallback
    assert settings.explore_live
    assert settings.setup.is_relaxed
    assert settings.leverage.max_leverage == 7


def test_an_empty_variable_is_not_set() -> None:
    assert load_settings({"DISABLE_WEBSOCKET": "", "SLT_WALLET": " ", "BINANCE_API_KEY": ""}) == Settings()


def test_a_file_is_read_with_its_tables_and_switches(toml: Path) -> None:
    toml.write_text(
        "max_leverage = 5\nrelaxed_signal_mode = true\nwallet = 1000.10\nconfidence = 0.6\n"
        '[exits]\nconfidence_drop = 0.25\nforced_loss_in_r = 1.30\nsmart_hold_unit = "percent_of_margin"\n'
        "[gate.cool_down]\npause_ms = 1\n"
    )
    settings = load_settings({}, file=toml)
    assert settings.leverage.max_leverage == 5
    assert settings.setup.is_relaxed
    assert str(settings.wallet) == "1000.10"
    assert settings.confidence == 0.6
    assert settings.exits.confidence_drop == 0.25
    assert str(settings.exits.forced_loss_in_r) == "1.30"
    assert settings.gate.cool_down.pause_ms == 1


def test_the_file_is_the_one_asked_for_then_the_one_named_then_the_one_that_lies_there(
    tmp_path: Path,
) -> None:
    for number, name in enumerate(("asked.toml", "named.toml", "slt.toml"), start=1):
        (tmp_path / name).write_text(f"max_leverage = {number}\n")
    named = {"SLT_SETTINGS": str(tmp_path / "named.toml")}
    found = [
        load_settings(named, file=tmp_path / "asked.toml", folder=tmp_path),
        load_settings(named, folder=tmp_path),
        load_settings({}, folder=tmp_path),
    ]
    assert [settings.leverage.max_leverage for settings in found] == [1, 2, 3]


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(toml: Path) -> None:
    toml.write_text(
        "[sizing]\nmargin_fraction = 0.01\nmax_margin_fraction = 0.02\nexploration_multiplier = 0.03\n"
    )
    environment = {"SLT_SIZING__MAX_MARGIN_FRACTION": "0.12", "SLT_SIZING__EXPLORATION_MULTIPLIER": "0.13"}
    settings = load_settings(environment, chosen={"sizing.exploration_multiplier": "0.23"}, file=toml)
    assert settings.sizing.margin_fraction == Decimal("0.01")
    assert settings.sizing.max_margin_fraction == Decimal("0.12")
    assert settings.sizing.exploration_multiplier == 0.23


def test_a_switch_and_the_setting_it_stands_for_are_the_same_across_sources(toml: Path) -> None:
    toml.write_text("[leverage]\nmax_leverage = 5\n")
    assert load_settings({"MAX_LEVERAGE": "6"}, file=toml).leverage.max_leverage == 6


def test_confidence_is_a_number_a_word_or_nothing() -> None:
    assert load_settings({}).confidence is None
    assert load_settings({}, chosen={"confidence": "0.75"}).confidence == 0.75
    assert load_settings({}, chosen={"confidence": "structure"}).confidence == "structure"
    assert problems_of({"SLT_CONFIDENCE": "much"}) == [
        "SLT_CONFIDENCE = much: it must be a valid number, or it must be 'structure'"
    ]


def test_every_problem_is_told_at_once_with_the_name_it_was_given_under(toml: Path) -> None:
    toml.write_text(
        "wallet = -1\n[exits]\nmax_hold_ms = 5\nthesis_confidence = nan\n[gate]\nmax_drawdown = 1.5\n"
    )
    problems = problems_of(
        {"MAX_LEVERAGE": "-5", "SLT_EXITS__CONFIDENCE_DROP": "1.5", "RELAXED_SIGNAL_MOD": "1"},
        {"structure": "rust"},
        toml,
    )
    assert sorted(problems) == sorted(
        [
            f"{toml}: exits.max_hold_ms is no setting; did you mean exits.longest_hold_ms?",
            "RELAXED_SIGNAL_MOD is no switch; did you mean RELAXED_SIGNAL_MODE?",
            "structure = rust: it must be 'native' or 'reference'",
            f"{toml}: wallet = -1: it must be greater than 0",
            f"{toml}: exits.thesis_confidence = NaN: it must be a finite number",
            f"{toml}: gate.max_drawdown = 1.5: max_drawdown is 1.5; {A_FRACTION}",
            "MAX_LEVERAGE = -5: max_leverage is -5; it must be a number from 1 to 125",
            f"SLT_EXITS__CONFIDENCE_DROP = 1.5: confidence_drop is 1.5; {A_FRACTION}",
        ]
    )


def test_a_value_that_collides_with_a_default_is_told_with_the_wrong_ones_beside_it() -> None:
    assert problems_of({"SLT_LEVERAGE__FIRST_CAP": "9", "MAX_LEVERAGE": "500"}) == [
        "leverage.early_cap: early_cap is 3; it must be a number of at least 9",
        "MAX_LEVERAGE = 500: max_leverage is 500; it must be a number from 1 to 125",
    ]


@pytest.mark.parametrize(
    ("variable", "guess"),
    [
        ("SLT_EXITS__CONFIDENCE_DORP", "SLT_EXITS__CONFIDENCE_DROP"),
        ("SLT_DISABLE_WEBSOCKET", "DISABLE_WEBSOCKET"),
        ("SLT_MAX_LEVERAGE", "MAX_LEVERAGE"),
        ("slt_wallet", "SLT_WALLET"),
        ("SLT_SETTING", "SLT_SETTINGS"),
    ],
)
def test_a_misspelt_variable_is_answered_with_the_likely_one(variable: str, guess: str) -> None:
    assert problems_of({variable: "1"}) == [f"{variable} is no setting; did you mean {guess}?"]


@pytest.mark.parametrize(
    ("variable", "guess"),
    [
        ("RELAXED_SIGNAL_MOD", "RELAXED_SIGNAL_MODE"),
        ("disable_websocket", "DISABLE_WEBSOCKET"),
        ("DISABLE_REST_FALBACK", "DISABLE_REST_FALLBACK"),
        ("DISABLED_MODEL_TRAINING", "DISABLE_MODEL_TRAINING"),
        ("MAX_LEVRAGE", "MAX_LEVERAGE"),
        ("EXPLORE_LIFE", "EXPLORE_LIVE"),
    ],
)
def test_a_misspelt_switch_is_answered_with_the_right_one(variable: str, guess: str) -> None:
    assert problems_of({variable: "true"}) == [f"{variable} is no switch; did you mean {guess}?"]


@pytest.mark.parametrize(
    ("variable", "guess"),
    [
        ("BINANCE_API_KEI", "BINANCE_API_KEY"),
        ("binance_api_key", "BINANCE_API_KEY"),
        ("BINANCE_API_SECRT", "BINANCE_API_SECRET"),
        ("BINACE_API_SECRET", "BINANCE_API_SECRET"),
        ("SLT_BINANCE_API_KEY", "BINANCE_API_KEY"),
        ("SLT_BINANCE_API_KEI", "BINANCE_API_KEY"),
        ("SLT_BINANCE_API_SECRET", "BINANCE_API_SECRET"),
        ("DATABSE_URL", "DATABASE_URL"),
        ("REDSI_URL", "REDIS_URL"),
        ("DISCORD_WEBHOK_URL", "DISCORD_WEBHOOK_URL"),
        ("TELEGRAM_BOT_TOKN", "TELEGRAM_BOT_TOKEN"),
        ("TELEGRAM_CHATT_ID", "TELEGRAM_CHAT_ID"),
    ],
)
def test_a_misspelt_secret_is_answered_with_the_right_name_and_without_its_value(
    variable: str, guess: str
) -> None:
    assert problems_of({variable: HUSH}) == [f"{variable} is no setting; did you mean {guess}?"]


@pytest.mark.parametrize(
    "variable",
    [
        "BINANCE_API_KEY_2",
        "BINANCE_API_KEY2",
        "BINANCE_TESTNET_API_KEY",
        "TEST_DATABASE_URL",
        "DATABASE_URI",
        "DATABASE_URLS",
        "REDIS_URI",
        "REDIS_URL_CACHE",
        "TELEGRAM_TOKEN",
        "TELEGRAM_CHAT_IDS",
        "DISCORD_TOKEN",
        "GITHUB_API_KEY",
    ],
)
def test_secrets_of_other_programs_are_left_alone(variable: str) -> None:
    assert load_settings({variable: HUSH}) == Settings()


def test_a_name_like_nothing_we_know_points_to_the_list() -> None:
    assert problems_of({"SLT_QQQQ": "1"}) == ["SLT_QQQQ is no setting; docs/settings.md lists them all"]


def test_names_of_others_are_left_alone() -> None:
    others = {
        "SLT_MARKET_DATA": "/data",
        "SLT_SETTINGS": "",
        "DATABASE_URLS": "x",
        "MAX_MEMORY": "9",
        "LEVERAGE": "3",
    }
    assert load_settings(others) == Settings()


def test_unknown_keys_of_a_file_are_found_at_any_depth(toml: Path) -> None:
    toml.write_text("[gate.cool_down]\nafter_loses = 2\n[[extra]]\nx = 1\n[wallet]\nstart = 5\n")
    assert problems_of(file=toml) == [
        f"{toml}: gate.cool_down.after_loses is no setting; did you mean gate.cool_down.after_losses?",
        f"{toml}: extra is no setting; docs/settings.md lists them all",
        f"{toml}: wallet.start is no setting; did you mean wallet?",
    ]


def test_a_group_is_no_value(toml: Path) -> None:
    toml.write_text("exits = 5\n")
    assert problems_of(file=toml) == [
        f"{toml}: exits is a group of settings, not one; name one in it, such as exits.forced_loss_of_margin"
    ]


def test_one_setting_given_twice_in_one_place_is_refused(toml: Path) -> None:
    toml.write_text("relaxed_signal_mode = true\n[setup]\nis_relaxed = false\n")
    assert problems_of({"MAX_LEVERAGE": "3", "SLT_LEVERAGE__MAX_LEVERAGE": "3"}, file=toml) == [
        f"{toml}: relaxed_signal_mode and {toml}: setup.is_relaxed are one setting; keep one of them",
        "MAX_LEVERAGE and SLT_LEVERAGE__MAX_LEVERAGE are one setting; keep one of them",
    ]


def test_true_is_no_number(toml: Path) -> None:
    toml.write_text("max_leverage = true\ndisable_websocket = 1\n")
    assert problems_of(file=toml) == [
        f"{toml}: max_leverage = True: it is no switch; give a value, not true or false"
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"wallet = \n", "Invalid value (at line 1, column 10)"),
        (b"a = 1\na = 2\n", "Cannot overwrite a value (at line 2, column 6)"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"wallet = 1e999999999999999999999\n", "holds a number that is too long"),
        (b"wallet = " + b"9" * 5000, "holds a number that is too long"),
    ],
)
def test_a_file_that_cannot_be_parsed_is_told_with_its_line(toml: Path, content: bytes, reason: str) -> None:
    toml.write_bytes(content)
    assert problems_of({"MAX_LEVERGE": "1"}, file=toml) == [
        f"{toml}: {reason}",
        "MAX_LEVERGE is no switch; did you mean MAX_LEVERAGE?",
    ]


def test_a_file_that_was_asked_for_must_be_there(tmp_path: Path) -> None:
    absent = tmp_path / "absent.toml"
    assert problems_of(file=absent) == [f"{absent}: cannot be read: No such file or directory"]
    assert problems_of({"SLT_SETTINGS": str(tmp_path)}) == [f"{tmp_path}: cannot be read: Is a directory"]


def test_timeframes_that_do_not_fit_are_refused_once() -> None:
    assert problems_of({"SLT_STRUCTURE_RULES__BASE_STEP_MS": "7"}) == [
        "structure_rules: each timeframe must be a whole multiple of the one below it",
    ]


SECRET_NAMES = (
    "BINANCE_API_KEY",
    "BINANCE_API_SECRET",
    "DATABASE_URL",
    "REDIS_URL",
    "DISCORD_WEBHOOK_URL",
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_CHAT_ID",
)


def test_secrets_are_read_and_never_shown() -> None:
    settings = load_settings({name: f"{HUSH}-{name}" for name in SECRET_NAMES})
    assert settings.binance_api_key is not None
    assert settings.binance_api_key.get_secret_value() == f"{HUSH}-BINANCE_API_KEY"
    assert settings.secret_values() == tuple(f"{HUSH}-{name}" for name in SECRET_NAMES)
    for shown in (
        repr(settings),
        str(settings),
        json.dumps(settings.as_header()),
        settings.model_dump_json(),
    ):
        assert HUSH not in shown
    assert not any(name.lower() in json.dumps(settings.as_header()) for name in SECRET_NAMES)


def test_secrets_appear_in_no_problem() -> None:
    environment = dict.fromkeys(SECRET_NAMES, HUSH) | {
        "SLT_BINANCE_API_KEY": HUSH,
        "SLT_QQQQ": HUSH,
        "SLT_WALLET": "-1",
    }
    del environment["TELEGRAM_CHAT_ID"]
    problems = problems_of(environment)
    assert len(problems) == 4
    assert not any(HUSH in problem for problem in problems)


def test_a_refusal_carries_no_secret_in_its_trail() -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings({"BINANCE_API_KEY": HUSH, "SLT_WALLET": "x"})
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_secrets_have_no_place_in_a_file_or_on_the_command_line(toml: Path) -> None:
    toml.write_text(f'binance_api_key = "{HUSH}"\n')
    assert problems_of(chosen={"database_url": HUSH}, file=toml) == [
        f"{toml}: binance_api_key is a secret and belongs in the environment: set BINANCE_API_KEY",
        "database_url is a secret and belongs in the environment: set DATABASE_URL",
    ]


def test_a_key_needs_its_secret_and_a_bot_its_chat() -> None:
    assert problems_of({"BINANCE_API_KEY": HUSH, "TELEGRAM_CHAT_ID": HUSH}) == [
        "BINANCE_API_KEY and BINANCE_API_SECRET belong together: set both or none",
        "TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID belong together: set both or none",
    ]


def test_what_is_set_without_effect_yet_is_named() -> None:
    environment = {
        "DATABASE_URL": "postgres://p",
        "EXPLORE_LIVE": "no",
        "REDIS_URL": "redis://r",
        "MAX_LEVERAGE": "3",
        "SLT_LOGS__LEVEL": "debug",
    }
    assert load_settings(environment).without_effect_yet() == ["DATABASE_URL", "REDIS_URL"]
    assert load_settings({}).without_effect_yet() == []


def test_settings_come_back_from_a_journal_as_they_were() -> None:
    settings = load_settings(
        {
            "SLT_COSTS__SLIPPAGE": "0.00020",
            "RELAXED_SIGNAL_MODE": "1",
            "SLT_CONFIDENCE": "structure",
            "REDIS_URL": "r",
        }
    )
    header = json.loads(json.dumps(settings.as_header()))
    again = settings_from_header(header)
    assert again.redis_url is None
    assert again == settings.model_copy(update={"redis_url": None})
    assert again.as_header() == settings.as_header()
    assert str(again.costs.slippage) == "0.00020"


def test_a_header_holds_every_setting_that_is_no_secret() -> None:
    names = set(_names_in(Settings().as_header()))
    assert names == {setting.name for setting in SETTINGS.values() if not setting.is_secret}


def _names_in(table: dict[str, object], under: str = "") -> list[str]:
    return [
        name
        for key, value in table.items()
        for name in (_names_in(value, f"{under}{key}.") if isinstance(value, dict) else [under + key])
    ]


def test_a_header_of_another_version_is_refused_by_name() -> None:
    header = Settings().as_header() | {"wallets": 3, "structure": "quantum"}
    with pytest.raises(SettingsRefused) as refused:
        settings_from_header(header)
    assert refused.value.problems == (
        "journal: wallets is no setting; did you mean wallet?",
        "journal: structure = quantum: it must be 'native' or 'reference'",
    )


@given(
    fee=st.decimals(min_value="-0.01", max_value="0.05", allow_nan=False),
    drop=st.floats(min_value=1e-300, max_value=1.0),
    wallet=st.decimals(min_value="0.00000001", max_value=10**15, allow_nan=False),
)
def test_any_numbers_come_back_from_a_header_to_the_last_digit(
    fee: Decimal, drop: float, wallet: Decimal
) -> None:
    environment = {
        "SLT_COSTS__TAKER_FEE": str(fee),
        "SLT_EXITS__CONFIDENCE_DROP": repr(drop),
        "SLT_WALLET": str(wallet),
    }
    settings = load_settings(environment)
    again = settings_from_header(json.loads(json.dumps(settings.as_header())))
    assert again.costs.taker_fee.as_tuple() == fee.as_tuple()
    assert again.exits.confidence_drop.hex() == drop.hex()
    assert again.wallet.as_tuple() == wallet.as_tuple()


@pytest.mark.parametrize("name", [name for name, setting in SETTINGS.items() if not setting.is_secret])
@pytest.mark.parametrize("absurd", ["-1e400", "nan", "\x00"])
def test_absurd_values_are_refused_under_their_own_name_or_kept_as_text(name: str, absurd: str) -> None:
    setting = SETTINGS[name]
    variable = setting.variables[0]
    if setting.kind is Path:
        assert str(settings_from_header({name: absurd}).as_header()[name]) == absurd
        return
    assert problems_of({variable: absurd})[0].startswith(f"{variable} = ")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("wallet", "1e30", "it must be less than or equal to 1000000000000000"),
        ("venue.funding_interval_ms", "1", "it must be a number of at least 60000"),
        ("structure_rules.base_step_ms", "1", "it must be a whole number of minutes"),
        ("structure_rules.swing.reach_bars", "9" * 20, "is too large"),
        ("setup.min_stop_atr", "1e308", "it must be a number from 0 to 1000"),
    ],
)
def test_a_number_no_session_can_reckon_with_is_refused(name: str, value: str, reason: str) -> None:
    (problem,) = problems_of(chosen={name: value})
    assert name in problem
    assert reason in problem
