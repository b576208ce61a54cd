//! The rules that must be fast: twins, file by file, of the readable Python in `domain/`.

#![forbid(unsafe_code)]

pub mod candle;
pub mod candle_aggregator;
pub mod document;
pub mod forest;
pub mod killzone;
pub mod structure;
pub mod xgboost_model;
