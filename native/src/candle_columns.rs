//! Candles as they come from Python: a column of each number.

use numpy::{Element, PyReadonlyArray1};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use slt_engine::candle::Candle;

/// Columns of one length, each in one piece.
pub struct CandleColumns<'py> {
    open_time_ms: &'py [i64],
    open: &'py [f64],
    high: &'py [f64],
    low: &'py [f64],
    close: &'py [f64],
    volume: &'py [f64],
    taker_buy_volume: &'py [f64],
}

impl<'py> CandleColumns<'py> {
    /// Take open times, then open, high, low, close, volume and taker-buy volume.
    pub fn of(
        open_time_ms: &'py PyReadonlyArray1<'_, i64>,
        [open, high, low, close, volume, taker_buy_volume]: [&'py PyReadonlyArray1<'_, f64>; 6],
    ) -> PyResult<Self> {
        let columns = Self {
            open_time_ms: in_one_piece("open_time_ms", open_time_ms)?,
            open: in_one_piece("open", open)?,
            high: in_one_piece("high", high)?,
            low: in_one_piece("low", low)?,
            close: in_one_piece("close", close)?,
            volume: in_one_piece("volume", volume)?,
            taker_buy_volume: in_one_piece("taker_buy_volume", taker_buy_volume)?,
        };
        if columns.are_of_one_length() { Ok(columns) } else { Err(lengths_differ()) }
    }

    pub fn len(&self) -> usize {
        self.open_time_ms.len()
    }

    #[inline]
    pub fn candles(&self) -> impl Iterator<Item = Candle> {
        let prices = self.open.iter().zip(self.high).zip(self.low).zip(self.close);
        let volumes = self.volume.iter().zip(self.taker_buy_volume);
        let rows = self.open_time_ms.iter().zip(prices).zip(volumes);
        rows.map(|((&open_time_ms, (((&open, &high), &low), &close)), (&volume, &taker_buy_volume))| Candle {
            open_time_ms,
            open,
            high,
            low,
            close,
            volume,
            taker_buy_volume,
        })
    }

    fn are_of_one_length(&self) -> bool {
        [self.open, self.high, self.low, self.close, self.volume, self.taker_buy_volume]
            .iter()
            .all(|column| column.len() == self.len())
    }
}

/// Read a column that lies in memory without holes, or name it.
pub fn in_one_piece<'py, T: Element>(name: &str, column: &'py PyReadonlyArray1<'_, T>) -> PyResult<&'py [T]> {
    column.as_slice().map_err(|_| PyTypeError::new_err(format!("the column {name} is not contiguous")))
}

pub fn lengths_differ() -> PyErr {
    PyValueError::new_err("the columns differ in length")
}
