//! Candles in plain numbers or whole columns for `slt_engine::candle_aggregator`.

use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use slt_engine::candle::{Candle, CandleFault};
use slt_engine::candle_aggregator as engine;

use crate::candle_columns::CandleColumns;
use crate::candle_run::{CandleRun, row};

create_exception!(native, CandleRefused, PyValueError, "A candle was refused: (fault name, row).");

type Times<'py> = Bound<'py, PyArray1<i64>>;
type Numbers<'py> = Bound<'py, PyArray1<f64>>;
type Arrays<'py> =
    (Times<'py>, Numbers<'py>, Numbers<'py>, Numbers<'py>, Numbers<'py>, Numbers<'py>, Numbers<'py>);

/// Folds closed candles of one length into closed candles of a longer one, of one symbol.
#[pyclass(module = "native")]
pub struct CandleAggregator {
    engine: engine::CandleAggregator,
}

#[expect(clippy::too_many_arguments, reason = "a candle is seven numbers, and a tuple of them is slower")]
#[expect(clippy::needless_pass_by_value, reason = "borrowed arrays are handed over by value")]
#[pymethods]
impl CandleAggregator {
    #[new]
    fn new(step_ms: i64, into_ms: i64) -> PyResult<Self> {
        let engine = engine::CandleAggregator::new(step_ms, into_ms).map_err(|_| {
            PyValueError::new_err(format!("candles of {step_ms} ms do not fit into candles of {into_ms} ms"))
        })?;
        Ok(Self { engine })
    }

    /// Take one closed candle and give the longer candles that are now closed, oldest first.
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
        match self.engine.update(&candle).map_err(|fault| refusal(fault, 0))? {
            [None, None] => Ok(PyTuple::empty(py)),
            [Some(one), None] | [None, Some(one)] => PyTuple::new(py, [row(&one)]),
            [Some(late), Some(own)] => PyTuple::new(py, [row(&late), row(&own)]),
        }
    }

    /// Take a run of candles and give the longer candles closed by them.
    fn take(&mut self, run: &CandleRun) -> PyResult<CandleRun> {
        let (mut engine, mut closed) = (self.engine, Vec::new());
        for (at, candle) in run.candles().iter().enumerate() {
            let now_closed = engine.update(candle).map_err(|fault| refusal(fault, at))?;
            closed.extend(now_closed.into_iter().flatten());
        }
        self.engine = engine;
        Ok(CandleRun::of_candles(closed))
    }

    /// Take whole columns and give the columns of the longer candles closed by them.
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
    ) -> PyResult<Arrays<'py>> {
        let numbers = [&open, &high, &low, &close, &volume, &taker_buy_volume];
        let columns = CandleColumns::of(&open_time_ms, numbers)?;
        let mut engine = self.engine;
        let closed = py.detach(|| fold(&mut engine, &columns)).map_err(|(fault, at)| refusal(fault, at))?;
        self.engine = engine;
        Ok(closed.into_arrays(py))
    }
}

fn fold(
    engine: &mut engine::CandleAggregator,
    columns: &CandleColumns<'_>,
) -> Result<ClosedColumns, (CandleFault, usize)> {
    let mut closed = Vec::new();
    for (at, candle) in columns.candles().enumerate() {
        let now_closed = engine.update(&candle).map_err(|fault| (fault, at))?;
        closed.extend(now_closed.into_iter().flatten());
    }
    Ok(ClosedColumns::of(&closed))
}

/// Closed candles, column by column, as arrays take them over without copying.
struct ClosedColumns {
    open_time_ms: Vec<i64>,
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    taker_buy_volume: Vec<f64>,
}

impl ClosedColumns {
    fn of(closed: &[Candle]) -> Self {
        let column = |of: fn(&Candle) -> f64| closed.iter().map(of).collect();
        Self {
            open_time_ms: closed.iter().map(|candle| candle.open_time_ms).collect(),
            open: column(|candle| candle.open),
            high: column(|candle| candle.high),
            low: column(|candle| candle.low),
            close: column(|candle| candle.close),
            volume: column(|candle| candle.volume),
            taker_buy_volume: column(|candle| candle.taker_buy_volume),
        }
    }

    fn into_arrays(self, py: Python<'_>) -> Arrays<'_> {
        (
            PyArray1::from_vec(py, self.open_time_ms),
            PyArray1::from_vec(py, self.open),
            PyArray1::from_vec(py, self.high),
            PyArray1::from_vec(py, self.low),
            PyArray1::from_vec(py, self.close),
            PyArray1::from_vec(py, self.volume),
            PyArray1::from_vec(py, self.taker_buy_volume),
        )
    }
}

/// Say which candle of a batch was refused, and why.
pub fn refusal(fault: CandleFault, at: usize) -> PyErr {
    CandleRefused::new_err((fault.name(), at))
}
