"""The port through which the learner reads market structure."""

from typing import Protocol

from application.ports.structure_engine import StructureEngine


class FeatureEngine(StructureEngine, Protocol):
    """A structure engine that can name the exact meaning of the features it gives."""

    @property
    def feature_schema(self) -> str:
        """Name the meaning of the features just given: their definition, and where the flow is from."""
        ...
