//! Candles that stand one after another, as columns in and as plain numbers out; parts of them are not copied.

use std::sync::Arc;

use numpy::PyReadonlyArray1;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use slt_engine::candle::{Candle, fault_within};
use slt_engine::tape_audit;

use crate::candle_columns::{CandleColumns, in_one_piece, lengths_differ};

pub type Row = (i64, f64, f64, f64, f64, f64, f64);

/// Rows of one symbol, and the close times that their source told.
struct Rows {
    candles: Vec<Candle>,
    closes: Option<Vec<i64>>,
}

/// Some rows of one symbol, oldest first.
#[pyclass(module = "native", frozen)]
pub struct CandleRun {
    rows: Arc<Rows>,
    start: usize,
    end: usize,
}

#[expect(clippy::too_many_arguments, reason = "a candle is seven numbers, each a column")]
#[expect(clippy::needless_pass_by_value, reason = "borrowed arrays are handed over by value")]
#[pymethods]
impl CandleRun {
    /// Take whole columns.
    #[staticmethod]
    #[pyo3(signature = (open_time_ms, open, high, low, close, volume, taker_buy_volume, close_time_ms=None))]
    fn from_columns<'py>(
        open_time_ms: PyReadonlyArray1<'py, i64>,
        open: PyReadonlyArray1<'py, f64>,
        high: PyReadonlyArray1<'py, f64>,
        low: PyReadonlyArray1<'py, f64>,
        close: PyReadonlyArray1<'py, f64>,
        volume: PyReadonlyArray1<'py, f64>,
        taker_buy_volume: PyReadonlyArray1<'py, f64>,
        close_time_ms: Option<PyReadonlyArray1<'py, i64>>,
    ) -> PyResult<Self> {
        let numbers = [&open, &high, &low, &close, &volume, &taker_buy_volume];
        let columns = CandleColumns::of(&open_time_ms, numbers)?;
        let closes =
            close_time_ms.as_ref().map(|closes| in_one_piece("close_time_ms", closes)).transpose()?;
        if closes.is_some_and(|closes| closes.len() != columns.len()) {
            return Err(lengths_differ());
        }
        Ok(Self::of(Rows { candles: columns.candles().collect(), closes: closes.map(<[i64]>::to_vec) }))
    }

    /// Take candles one by one.
    #[staticmethod]
    fn from_rows(rows: Vec<Row>) -> Self {
        Self::of_candles(rows.into_iter().map(candle_of).collect())
    }

    fn __len__(&self) -> usize {
        self.end - self.start
    }

    /// Give one candle, counted from 0.
    fn candle(&self, index: usize) -> PyResult<Row> {
        let candle = self.candles().get(index).ok_or_else(|| PyIndexError::new_err("no such candle"))?;
        Ok(row(candle))
    }

    /// Give the candles from `start` up to `end`.
    fn part(&self, start: usize, end: usize) -> PyResult<Self> {
        if start > end || end > self.__len__() {
            return Err(PyIndexError::new_err("no such candles"));
        }
        let (start, end) = (self.start + start, self.start + end);
        Ok(Self { rows: Arc::clone(&self.rows), start, end })
    }

    /// Give the first candle at or below one price, at or above another, or that cannot be true.
    fn first_reaching(&self, start: usize, end: usize, below: f64, above: f64) -> PyResult<usize> {
        let candles = self.candles().get(start..end.max(start));
        let candles = candles.ok_or_else(|| PyIndexError::new_err("no such candles"))?;
        let reaches =
            |candle: &Candle| candle.low <= below || candle.high >= above || fault_within(candle).is_some();
        Ok(candles.iter().position(reaches).map_or(end, |place| start + place))
    }

    /// Give the end of the stretch from `start` in which every row is plain and opens when it is due.
    fn plain_until(&self, start: usize, due_ms: i64, step_ms: i64) -> usize {
        let closes = self.rows.closes.as_deref().map(|times| &times[self.start..self.end]);
        tape_audit::plain_until(self.candles(), closes, start, due_ms, step_ms)
    }
}

impl CandleRun {
    pub fn of_candles(candles: Vec<Candle>) -> Self {
        Self::of(Rows { candles, closes: None })
    }

    pub fn candles(&self) -> &[Candle] {
        &self.rows.candles[self.start..self.end]
    }

    fn of(rows: Rows) -> Self {
        let end = rows.candles.len();
        Self { rows: Arc::new(rows), start: 0, end }
    }
}

pub fn row(candle: &Candle) -> Row {
    (
        candle.open_time_ms,
        candle.open,
        candle.high,
        candle.low,
        candle.close,
        candle.volume,
        candle.taker_buy_volume,
    )
}

fn candle_of((open_time_ms, open, high, low, close, volume, taker_buy_volume): Row) -> Candle {
    Candle { open_time_ms, open, high, low, close, volume, taker_buy_volume }
}
