//! Runs of candles for `slt_engine::scout`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use slt_engine::candle_aggregator::CandleAggregator;
use slt_engine::first_look::FirstLookRules;
use slt_engine::scout as engine;
use slt_engine::structure::structure_engine::StructureEngine;

use crate::candle_run::CandleRun;
use crate::structure_engine::config_of;

/// Rides ahead of a desk that holds nothing in a symbol.
#[pyclass(module = "native")]
pub struct Scout {
    engine: engine::Scout,
}

#[pymethods]
impl Scout {
    #[new]
    #[pyo3(signature = (
        step_ms,
        config,
        *,
        is_relaxed,
        is_market_entry,
        trigger_max_age_bars,
        displacement_max_age_bars,
        zone_reach_atr
    ))]
    fn new(
        step_ms: i64,
        config: &Bound<'_, PyDict>,
        is_relaxed: bool,
        is_market_entry: bool,
        trigger_max_age_bars: i64,
        displacement_max_age_bars: i64,
        zone_reach_atr: f64,
    ) -> PyResult<Self> {
        let config = config_of(config)?;
        let base_step_ms = config.base_step_ms;
        let aggregator = CandleAggregator::new(step_ms, base_step_ms).map_err(|_| {
            PyValueError::new_err(format!(
                "candles of {step_ms} ms do not fit into candles of {base_step_ms} ms"
            ))
        })?;
        let structure =
            StructureEngine::new(config, false).map_err(|refused| PyValueError::new_err(refused.0))?;
        let rules = FirstLookRules {
            is_relaxed,
            is_market_entry,
            trigger_max_age_bars,
            displacement_max_age_bars,
            zone_reach_atr,
        };
        Ok(Self { engine: engine::Scout::new(step_ms, aggregator, structure, rules) })
    }

    /// Take candles up to the first that the desk must see by itself, and give how many come before it.
    fn ahead(&mut self, run: &CandleRun) -> usize {
        self.engine.ahead(run.candles())
    }

    /// Take candles that the desk was shown one by one.
    fn follow(&mut self, run: &CandleRun) {
        self.engine.follow(run.candles());
    }
}
