from pathlib import Path

from adapters.settings.meanings import GROUPS, MEANINGS
from adapters.settings.setting_name import SETTINGS
from adapters.settings.settings_page import settings_page

PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_page_in_docs_is_current() -> None:
    assert PAGE.read_text() == settings_page(), "write it anew: python -m adapters.settings.settings_page"


def test_every_setting_has_a_meaning_and_every_meaning_a_setting() -> None:
    assert list(MEANINGS) == list(SETTINGS)
    assert all(meaning.endswith((".", ": none.")) for meaning in MEANINGS.values())


def test_every_setting_is_on_the_page_once_with_its_variables() -> None:
    rows = [row for row in settings_page().splitlines() if row.startswith("| `")]
    assert len(rows) == len(SETTINGS)
    for setting in SETTINGS.values():
        (row,) = [row for row in rows if row.startswith(f"| `{setting.name}` |")]
        assert all(f"`{variable}`" in row for variable in setting.variables)


def test_every_group_has_its_table() -> None:
    groups = {name.partition(".")[0] for name in SETTINGS if "." in name}
    assert groups == set(GROUPS) - {"", "secrets"}
