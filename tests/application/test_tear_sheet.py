from dataclasses import replace

from application.performance.trade_scenes import ChosenTrade, TradeScene
from application.report_page import Choice, Mood, Page, Section, Table, Words
from application.tear_sheet import SMALL_PRINT, tear_sheet
from tests.application.performance.sample_reports import a_trade, performance_of

RESULTS = [1.0, -0.5, 1.25, 1.0, -0.75] * 24
COIN = [-0.2, 0.1] * 200


def titles(page: Page) -> list[str]:
    return [section.title for section in page.sections]


def words_of(page: Page, title: str) -> str:
    (section,) = (section for section in page.sections if section.title == title)
    return " ".join(part.text for part in section.parts if isinstance(part, Words))


def test_the_verdict_comes_first_and_what_it_rests_on_before_where_it_came_from() -> None:
    page = tear_sheet("A backtest", performance_of(RESULTS, None, COIN))
    assert page.title == "A backtest"
    assert page.lead[0].text.startswith("A profit, but no proof of an edge")
    assert titles(page) == [
        "In figures",
        "Equity and drawdown",
        "Is it luck?",
        "Does it beat random entries?",
        "By month",
        "By symbol",
        "By kind of setup",
        "How trades ended",
        "What trades gave",
    ]
    assert page.small_print == SMALL_PRINT


def test_more_sections_and_small_print_have_their_place() -> None:
    more = Section("With a model and without", [])
    page = tear_sheet("A walk", performance_of(RESULTS), more=[more], small_print=["by me"])
    assert titles(page).index("With a model and without") == 4
    assert page.small_print[0] == "by me"
    assert tear_sheet("Idle", performance_of([]), more=[more]).sections[-1] is more


def test_a_warning_follows_the_verdict() -> None:
    page = tear_sheet("A backtest", performance_of(RESULTS), warnings=["made up"])
    assert page.lead[1] == Words("made up", Mood.DOUBTFUL)


def test_it_says_whether_the_number_of_trials_was_told() -> None:
    told = tear_sheet("A backtest", performance_of(RESULTS, 3))
    assert "You told of 3." in words_of(told, "Is it luck?")
    silent = tear_sheet("A backtest", performance_of(RESULTS))
    assert "You did not say (--trials N)." in words_of(silent, "Is it luck?")


def test_what_is_not_known_is_said_in_words() -> None:
    page = tear_sheet("A backtest", replace(performance_of(RESULTS), sharpe=None))
    assert "too few days" in words_of(page, "Is it luck?")
    assert "Too few random entries" in words_of(page, "Does it beat random entries?")


def test_nothing_traded_still_makes_a_page() -> None:
    page = tear_sheet("Idle", performance_of([]))
    assert titles(page) == ["In figures", "Equity and drawdown"]


def test_scenes_and_refusals_are_shown_where_there_are_any() -> None:
    performance = performance_of(RESULTS)
    report = replace(performance.report, refusals={"cooling_down": 1_234})
    scene = TradeScene(ChosenTrade("the best", a_trade()), [], 300_000, None)
    page = tear_sheet("A backtest", replace(performance, report=report), [scene])
    scenes, refused = page.sections[-2:]
    assert isinstance(scenes.parts[-1], Choice)
    assert [option.name for option in scenes.parts[-1].options] == ["the best: +1.000 R, BTCUSDT long"]
    assert isinstance(refused.parts[0], Table)
    assert refused.parts[0].rows == [("cooling down", "1,234")]
