"""The kept list of defects fits the crate as it is; `make mutants` plants them."""

import pytest

from adapters.native.structure_engine import NativeStructureEngine
from domain.structure.structure_engine import StructureEngine as ReferenceEngine
from tests.parity.mutants import MUTANTS, ROOT, Mutant, digest_of


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.defect)
def test_every_defect_has_exactly_one_place_in_the_crate(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text().count(mutant.old) == 1
    assert mutant.new != mutant.old


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert len({mutant.defect for mutant in MUTANTS}) == len(MUTANTS) >= 10


def test_without_a_defect_both_engines_tell_the_same() -> None:
    assert digest_of(NativeStructureEngine) == digest_of(ReferenceEngine)
