"""Every structure engine there is; a further one joins the port's suite by one line here."""

from typing import Protocol

import pytest

from adapters.native.structure_engine import NativeStructureEngine
from application.ports.structure_engine import StructureEngine
from domain.structure.structure_config import StructureConfig
from domain.structure.structure_engine import StructureEngine as ReferenceEngine


class NamedEngine(StructureEngine, Protocol):
    """An engine that tells under which name its snapshots go."""

    @property
    def snapshot_schema(self) -> str:
        """Name the layout of a snapshot and the rules it was taken under."""
        ...


class MakeEngine(Protocol):
    """How an engine is made."""

    def __call__(
        self, config: StructureConfig = ..., *, are_negative_prices_allowed: bool = ...
    ) -> NamedEngine:
        """Give an engine that has seen nothing."""
        ...


ENGINES = (
    pytest.param(ReferenceEngine, id="reference"),
    pytest.param(NativeStructureEngine, id="native"),
)
on_every_engine = pytest.mark.parametrize("make_engine", ENGINES)
