//! Candles in plain numbers or whole columns for `slt_engine::structure`.

use numpy::{PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::create_exception;
use pyo3::exceptions::{PyLookupError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use slt_engine::candle::{Candle, CandleFault};
use slt_engine::structure::structure_config::{Rule, StructureConfig};
use slt_engine::structure::structure_engine as engine;
use slt_engine::structure::structure_view::{FEATURE_NAMES, FrameView, Pool, Zone, ZoneKind};

use crate::candle_aggregator::refusal;
use crate::candle_columns::CandleColumns;
use crate::candle_run::CandleRun;

create_exception!(native, SnapshotRefused, PyValueError, "A snapshot is damaged, or of other rules.");

const FEATURES: usize = FEATURE_NAMES.len();

type FrameRow = (i64, i64, bool, Option<i64>, f64, i64);
type BreakRow = (i64, bool, Option<i64>);
type ZoneRow = (&'static str, f64, f64, i64);
type Pools<'py> = (Bound<'py, PyTuple>, Bound<'py, PyTuple>);

/// Reads closed base bars of one symbol, oldest first, and tells twelve features and a view.
#[pyclass(module = "native")]
pub struct StructureEngine {
    engine: engine::StructureEngine,
}

#[expect(clippy::too_many_arguments, reason = "a candle is seven numbers, and a tuple of them is slower")]
#[expect(clippy::needless_pass_by_value, reason = "borrowed arrays are handed over by value")]
#[pymethods]
impl StructureEngine {
    #[new]
    #[pyo3(signature = (config=None, *, are_negative_prices_allowed=false))]
    fn new(config: Option<&Bound<'_, PyDict>>, are_negative_prices_allowed: bool) -> PyResult<Self> {
        let config = config.map_or_else(|| Ok(StructureConfig::default()), config_of)?;
        let engine = engine::StructureEngine::new(config, are_negative_prices_allowed);
        engine.map(|engine| Self { engine }).map_err(|refused| PyValueError::new_err(refused.0))
    }

    /// Take one closed bar and give twelve finite features, or twelve NaN while not ready.
    fn update<'py>(
        &mut self,
        py: Python<'py>,
        open_time_ms: i64,
        open: f64,
        high: f64,
        low: f64,
        close: f64,
        volume: f64,
        taker_buy_volume: f64,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let candle = Candle { open_time_ms, open, high, low, close, volume, taker_buy_volume };
        let features = self.engine.update(&candle).map_err(|fault| refusal(fault, 0))?;
        PyTuple::new(py, *features)
    }

    /// Take a run of closed bars; at a bar that cannot be taken, those before it are.
    fn take(&mut self, run: &CandleRun) -> PyResult<()> {
        for (at, bar) in run.candles().iter().enumerate() {
            self.engine.update(bar).map_err(|fault| refusal(fault, at))?;
        }
        Ok(())
    }

    /// Take whole columns and give one row of features a bar, as `update` gives them.
    fn batch<'py>(
        &mut self,
        py: Python<'py>,
        open_time_ms: PyReadonlyArray1<'py, i64>,
        open: PyReadonlyArray1<'py, f64>,
        high: PyReadonlyArray1<'py, f64>,
        low: PyReadonlyArray1<'py, f64>,
        close: PyReadonlyArray1<'py, f64>,
        volume: PyReadonlyArray1<'py, f64>,
        taker_buy_volume: PyReadonlyArray1<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let numbers = [&open, &high, &low, &close, &volume, &taker_buy_volume];
        let columns = CandleColumns::of(&open_time_ms, numbers)?;
        let rows = PyArray2::zeros(py, [columns.len(), FEATURES], false);
        let mut writable = rows.readwrite();
        let out = writable.as_slice_mut()?;
        let engine = &mut self.engine;
        py.detach(|| fold(engine, &columns, out)).map_err(|(fault, at)| refusal(fault, at))?;
        drop(writable);
        Ok(rows)
    }

    /// Show the structure as of the last bar taken, as plain numbers in the order of `StructureView`.
    fn view<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let view = self.engine.view().ok_or_else(no_bar_yet)?;
        let parts = [
            view.open_time_ms.into_pyobject(py)?.into_any(),
            view.close.into_pyobject(py)?.into_any(),
            view.features.map(|features| PyTuple::new(py, features)).transpose()?.into_pyobject(py)?,
            frame_row(&view.base).into_pyobject(py)?.into_any(),
            frame_row(&view.middle).into_pyobject(py)?.into_any(),
            frame_row(&view.higher).into_pyobject(py)?.into_any(),
            view.displacement.into_pyobject(py)?.into_any(),
            view.displacement_age_bars.into_pyobject(py)?,
            view.sweep.into_pyobject(py)?.into_any(),
            view.sweep_age_bars.into_pyobject(py)?,
            view.bullish_block.as_ref().map(zone_row).into_pyobject(py)?,
            view.bearish_block.as_ref().map(zone_row).into_pyobject(py)?,
            view.bullish_gap.as_ref().map(zone_row).into_pyobject(py)?,
            view.bearish_gap.as_ref().map(zone_row).into_pyobject(py)?,
            view.dealing_range.into_pyobject(py)?,
            pool_rows(py, &view.pools_above)?.into_any(),
            pool_rows(py, &view.pools_below)?.into_any(),
            view.killzone.into_pyobject(py)?.into_any(),
        ];
        PyTuple::new(py, parts)
    }

    /// The trends of the base, the middle and the higher frame.
    #[getter]
    fn trends(&self) -> PyResult<(i64, i64, i64)> {
        Ok(self.parts()?.frames().map(|frame| frame.trend).into())
    }

    /// The last break of each frame: its direction, whether it changed the character, its age in bars.
    #[getter]
    fn breaks(&self) -> PyResult<(BreakRow, BreakRow, BreakRow)> {
        Ok(self.parts()?.frames().map(|frame| break_row(&frame)).into())
    }

    /// The ATR of each frame.
    #[getter]
    fn atrs(&self) -> PyResult<(f64, f64, f64)> {
        Ok(self.parts()?.frames().map(|frame| frame.atr).into())
    }

    /// The direction of the last displacement, and its age in base bars.
    #[getter]
    fn displacement(&self) -> PyResult<(i64, Option<i64>)> {
        Ok(self.parts()?.displacement())
    }

    /// The signed magnitude of the last sweep, and its age in base bars.
    #[getter]
    fn sweep(&self) -> PyResult<(f64, Option<i64>)> {
        Ok(self.parts()?.sweep())
    }

    /// The nearest bullish and the nearest bearish block.
    #[getter]
    fn nearest_blocks(&self) -> PyResult<(Option<ZoneRow>, Option<ZoneRow>)> {
        Ok(self.parts()?.nearest_blocks().map(|zone| zone.as_ref().map(zone_row)).into())
    }

    /// The nearest bullish and the nearest bearish gap.
    #[getter]
    fn nearest_gaps(&self) -> PyResult<(Option<ZoneRow>, Option<ZoneRow>)> {
        Ok(self.parts()?.nearest_gaps().map(|zone| zone.as_ref().map(zone_row)).into())
    }

    /// Bottom and top of the dealing range.
    #[getter]
    fn dealing_range(&self) -> PyResult<Option<(f64, f64)>> {
        Ok(self.parts()?.dealing_range())
    }

    /// The pools above the close and those below, nearest first.
    #[getter]
    fn pools<'py>(&self, py: Python<'py>) -> PyResult<Pools<'py>> {
        let [above, below] = self.parts()?.pools();
        Ok((pool_rows(py, &above)?, pool_rows(py, &below)?))
    }

    /// How much the hour in New York counts.
    #[getter]
    fn killzone(&self) -> PyResult<f64> {
        Ok(self.parts()?.killzone())
    }

    /// Name the meaning of the row just given.
    #[getter]
    fn feature_schema(&self) -> String {
        self.engine.feature_schema()
    }

    /// Name the layout of a snapshot and the rules it was taken under.
    #[getter]
    fn snapshot_schema(&self) -> String {
        self.engine.snapshot_schema()
    }

    /// Give the whole state, versioned by a schema hash.
    fn snapshot<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.engine.snapshot())
    }

    /// Take over a state; a refused one leaves the old state untouched.
    fn restore(&mut self, snapshot: &[u8]) -> PyResult<()> {
        self.engine.restore(snapshot).map_err(|refused| SnapshotRefused::new_err(refused.to_string()))
    }
}

impl StructureEngine {
    fn parts(&self) -> PyResult<engine::ViewParts<'_>> {
        self.engine.parts().ok_or_else(no_bar_yet)
    }
}

/// All candles are checked before the first is taken, so that a refused one leaves no trace.
fn fold(
    engine: &mut engine::StructureEngine,
    columns: &CandleColumns<'_>,
    rows: &mut [f64],
) -> Result<(), (CandleFault, usize)> {
    engine.check(columns.candles())?;
    for (candle, row) in columns.candles().zip(rows.chunks_exact_mut(FEATURES)) {
        row.copy_from_slice(engine.take(&candle));
    }
    Ok(())
}

/// Read the numbers of a config by their full names, such as `swing.reach_bars`; all must be there.
pub fn config_of(numbers: &Bound<'_, PyDict>) -> PyResult<StructureConfig> {
    let mut config = StructureConfig::default();
    let known = config.numbers();
    if numbers.len() > known.len() {
        return Err(PyValueError::new_err("the config has numbers that the engine does not know"));
    }
    for (name, rule) in known {
        let number = numbers.get_item(name)?;
        let number = number.ok_or_else(|| PyValueError::new_err(format!("the config lacks {name}")))?;
        match rule {
            Rule::Whole(value) => *value = number.extract()?,
            Rule::Number(value) => *value = number.extract()?,
        }
    }
    Ok(config)
}

fn frame_row(frame: &FrameView) -> FrameRow {
    (frame.trend, frame.last_event, frame.is_last_event_choch, frame.event_age_bars, frame.atr, frame.step_ms)
}

fn break_row(frame: &FrameView) -> BreakRow {
    (frame.last_event, frame.is_last_event_choch, frame.event_age_bars)
}

fn zone_row(zone: &Zone) -> ZoneRow {
    let kind = match zone.kind {
        ZoneKind::OrderBlock => "order_block",
        ZoneKind::Breaker => "breaker",
        ZoneKind::FairValueGap => "fair_value_gap",
    };
    (kind, zone.bottom, zone.top, zone.created_ms)
}

fn pool_rows<'py>(py: Python<'py>, pools: &[Pool]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, pools.iter().map(|pool| (pool.level, pool.count)))
}

fn no_bar_yet() -> PyErr {
    PyLookupError::new_err("no bar has been taken yet")
}
