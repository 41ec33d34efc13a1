//! Trouble on the wire, on this machine and on the command line: each ends with words that help.

mod credentials;
mod disk;
mod faults;
mod gone;
mod local;
mod names;
