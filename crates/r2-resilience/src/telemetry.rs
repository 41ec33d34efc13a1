//! The metrics of this crate, by name.

use metrics::{counter, gauge};

use crate::{CircuitState, FailureClass};

pub(crate) fn retried(class: FailureClass) {
    counter!("r2_retries_total", "reason" => class.as_str()).increment(1);
}

pub(crate) fn retry_refused(why: &'static str) {
    counter!("r2_retries_refused_total", "reason" => why).increment(1);
}

pub(crate) fn hedged(result: &'static str) {
    counter!("r2_hedges_total", "result" => result).increment(1);
}

pub(crate) fn circuit(state: CircuitState) {
    let value = match state {
        CircuitState::Closed => 0.0,
        CircuitState::HalfOpen => 1.0,
        CircuitState::Open => 2.0,
    };
    gauge!("r2_circuit_state").set(value);
}

pub(crate) fn concurrency_limit(limit: u32) {
    gauge!("r2_concurrency_limit").set(f64::from(limit));
}
