from domain.refusal import Refusal, RefusalReason


def test_every_reason_reads_as_plain_words() -> None:
    assert all(reason.value.replace("_", "").isalpha() and reason.value.islower() for reason in RefusalReason)
    assert RefusalReason.BOOK_NOT_RECONCILED.value == "book_not_reconciled"


def test_a_refusal_carries_its_figures() -> None:
    refusal = Refusal(RefusalReason.TOO_MUCH_MARGIN, "margin 812.00 of at most 800.00")
    assert refusal.reason is RefusalReason.TOO_MUCH_MARGIN
    assert refusal.detail == "margin 812.00 of at most 800.00"
