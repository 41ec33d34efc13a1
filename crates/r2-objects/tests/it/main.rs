//! The client against the local R2, which checks every signature.

mod buckets;
mod faulty;
mod known_failures;
mod objects;
mod real_server;
mod streams;
mod telemetry;
mod world;
