//! The Python face of the engine: numbers and arrays in, numbers and arrays out, no rules.

mod candle_aggregator;
mod candle_columns;
mod candle_run;
mod forest;
mod scout;
mod structure_engine;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::candle_aggregator::{CandleAggregator, CandleRefused};
    #[pymodule_export]
    use crate::candle_run::CandleRun;
    #[pymodule_export]
    use crate::forest::{Forest, ModelRefused};
    #[pymodule_export]
    use crate::scout::Scout;
    #[pymodule_export]
    use crate::structure_engine::{SnapshotRefused, StructureEngine};

    /// False in a debug build, whose speed means nothing.
    #[pymodule_export]
    const IS_RELEASE_BUILD: bool = !cfg!(debug_assertions);
}
