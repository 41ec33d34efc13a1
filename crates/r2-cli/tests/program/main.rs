//! The program `r2` as its users meet it: a child process with files, streams, signals and sockets.
//!
//! One binary, because linking is what tests like these cost most. Everything a test needs is in a
//! folder of its own; servers listen on loopback, on a port that the system chooses. Kills, file
//! limits and odd names are those of Unix.
#![cfg(unix)]

mod commands;
mod kill;
mod support;
mod trees;
mod trouble;
