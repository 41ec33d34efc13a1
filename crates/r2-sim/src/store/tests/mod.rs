//! The store on disks that fail, forget and stop.

mod boundaries;
mod hooked;
mod killed;
mod laws;
mod listing;
mod power;
mod simulated;
mod workload;
