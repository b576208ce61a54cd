//! Rows in tuples or whole tables for `slt_engine::forest`.

use numpy::{PyArray1, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use slt_engine::forest::{self as engine, ForestRefused};
use slt_engine::xgboost_model;

create_exception!(native, ModelRefused, PyValueError, "A model is damaged, or of a kind not supported.");

/// Walks the trees of a booster to the margin that `XGBoost` gives, bit for bit.
#[pyclass(module = "native", frozen)]
pub struct Forest {
    engine: engine::Forest,
}

#[expect(clippy::needless_pass_by_value, reason = "borrowed arrays are handed over by value")]
#[pymethods]
impl Forest {
    /// Read a model that `XGBoost` saved as JSON or UBJSON.
    #[staticmethod]
    fn from_xgboost(model: &Bound<'_, PyBytes>) -> PyResult<Self> {
        let engine = xgboost_model::from_xgboost(model.as_bytes());
        engine.map(|engine| Self { engine }).map_err(|refused| ModelRefused::new_err(refused.0))
    }

    /// How many features a row has.
    #[getter]
    fn features(&self) -> usize {
        self.engine.features()
    }

    /// Give the margin of one row, NaN meaning unknown.
    fn predict_margin(&self, row: &Bound<'_, PyTuple>) -> PyResult<f32> {
        let mut numbers = [0.0; 16];
        if row.len() > numbers.len() {
            let numbers =
                row.iter().map(|number| number.extract().map(single)).collect::<PyResult<Vec<_>>>()?;
            return self.engine.margin(&numbers).map_err(|refused| refusal(&refused));
        }
        for (place, number) in numbers.iter_mut().zip(row.iter_borrowed()) {
            *place = single(number.extract()?);
        }
        self.engine.margin(&numbers[..row.len()]).map_err(|refused| refusal(&refused))
    }

    /// Give the margins of a table of rows that lie one after the other in memory.
    fn predict_margins<'py>(
        &self,
        py: Python<'py>,
        rows: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let width = rows.shape()[1];
        if width != self.engine.features() {
            return Err(PyValueError::new_err("the rows are not as long as the forest has features"));
        }
        if !rows.is_c_contiguous() {
            return Err(PyValueError::new_err("the rows do not lie one after the other in memory"));
        }
        let numbers = rows.as_slice()?;
        let margins = py.detach(|| self.walk_all(numbers, width)).map_err(|refused| refusal(&refused))?;
        Ok(PyArray1::from_vec(py, margins))
    }
}

impl Forest {
    fn walk_all(&self, numbers: &[f64], width: usize) -> Result<Vec<f32>, ForestRefused> {
        let mut row = vec![0.0; width];
        let rows = numbers.chunks_exact(width);
        rows.map(|numbers| {
            for (place, &number) in row.iter_mut().zip(numbers) {
                *place = single(number);
            }
            self.engine.margin(&row)
        })
        .collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "XGBoost rounds every feature to a single float")]
fn single(number: f64) -> f32 {
    number as f32
}

fn refusal(refused: &ForestRefused) -> PyErr {
    PyValueError::new_err(refused.0)
}
