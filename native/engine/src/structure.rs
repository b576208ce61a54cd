//! The rules of market structure, twins of `domain/structure`.

#![allow(clippy::float_cmp, reason = "two engines must agree to the last bit")]

mod average_true_range;
mod break_of_structure;
mod chart_side;
mod dealing_range;
mod displacement;
mod fair_value_gap;
mod features;
mod frame;
mod liquidity;
mod nearest_zone;
mod order_block;
mod order_flow;
mod participation;
mod recent;
mod sided_bar;
mod snapshot;
mod squash;
pub mod structure_config;
pub mod structure_engine;
pub mod structure_view;
mod swing;
mod three_frames;
mod window_sum;

pub use snapshot::SnapshotRefused;
