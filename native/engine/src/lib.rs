//! The rules that must be fast: twins, file by file, of the readable Python in `domain/`.

#![forbid(unsafe_code)]

pub mod candle;
pub mod candle_aggregator;
pub mod document;
pub mod first_look;
pub mod forest;
pub mod killzone;
pub mod scout;
pub mod structure;
pub mod tape_audit;
pub mod xgboost_model;
