//! Who was the aggressor in the last bars; twin of `domain/structure/order_flow.py`.

use super::recent::Recent;
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::structure_config::{OrderFlowRules, room_for};
use super::window_sum::WindowSum;
use crate::candle::Candle;

/// Taker buying less taker selling over the last bars, as a share of their volume.
#[derive(Clone, Debug)]
pub struct OrderFlow {
    flows: Recent<f64>,
    volumes: Recent<f64>,
    flow: WindowSum,
    traded: WindowSum,
    bars_with_takers: i64,
}

impl OrderFlow {
    pub fn new(rules: &OrderFlowRules) -> Self {
        let window = room_for(rules.window_bars);
        Self {
            flows: Recent::new(window),
            volumes: Recent::new(window),
            flow: WindowSum::new(window),
            traded: WindowSum::new(window),
            bars_with_takers: 0,
        }
    }

    /// Take one closed bar.
    pub fn update(&mut self, candle: &Candle) {
        if candle.taker_buy_volume.is_nan() {
            self.bars_with_takers = 0;
            self.push(flow_by_candle(candle), candle.volume);
        } else {
            self.bars_with_takers += 1;
            self.push(flow_by_takers(candle), candle.volume);
        }
    }

    fn push(&mut self, flow: f64, volume: f64) {
        self.flows.push(flow);
        self.volumes.push(volume);
        self.flow.push(flow);
        self.traded.push(volume);
    }

    /// Tell whether every bar in the window came with its taker volume.
    pub fn is_by_takers(&self) -> bool {
        usize::try_from(self.bars_with_takers).is_ok_and(|bars| bars >= self.flows.len())
    }

    /// Give the flow from -1, all sold, to +1, all bought; 0 when nothing was traded.
    pub fn imbalance(&self) -> f64 {
        let traded = self.traded.total();
        if traded > 0.0 { self.flow.total() / traded } else { 0.0 }
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.numbers(self.flows.as_slice());
        out.numbers(self.volumes.as_slice());
        out.whole(self.bars_with_takers);
    }

    /// Read the state back into one that has seen nothing.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        let flows = saved.numbers()?;
        for (flow, volume) in flows.into_iter().zip(saved.numbers()?) {
            self.push(flow, volume);
        }
        self.bars_with_takers = saved.whole()?;
        Ok(())
    }
}

/// Give taker buying less taker selling, in base currency.
fn flow_by_takers(candle: &Candle) -> f64 {
    let bought = candle.taker_buy_volume;
    bought - (candle.volume - bought)
}

/// Guess the flow from where the bar closed between its low and its high.
fn flow_by_candle(candle: &Candle) -> f64 {
    let height = candle.high - candle.low;
    if height == 0.0 {
        return 0.0;
    }
    candle.volume * (((candle.close - candle.low) - (candle.high - candle.close)) / height)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candle(close: f64, taker_buy_volume: f64) -> Candle {
        Candle { open_time_ms: 0, open: close, high: 12.0, low: 8.0, close, volume: 4.0, taker_buy_volume }
    }

    fn flow() -> OrderFlow {
        OrderFlow::new(&OrderFlowRules { window_bars: 2 })
    }

    #[test]
    fn the_flow_is_a_share_of_the_last_bars_volume() {
        let mut flow = flow();
        assert_eq!(flow.imbalance(), 0.0);
        for bought in [0.0, 4.0, 2.0] {
            flow.update(&candle(10.0, bought));
        }
        assert_eq!((flow.imbalance(), flow.is_by_takers()), (0.5, true));
    }

    #[test]
    fn without_takers_the_place_of_the_close_is_a_guess() {
        let mut flow = flow();
        for close in [8.0, 12.0, 11.0] {
            flow.update(&candle(close, f64::NAN));
        }
        assert_eq!((flow.imbalance(), flow.is_by_takers()), (0.75, false));
        let flat = Candle { high: 10.0, low: 10.0, ..candle(10.0, f64::NAN) };
        assert_eq!(flow_by_candle(&flat), 0.0);
    }
}
