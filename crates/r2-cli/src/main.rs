//! The program `r2`.

fn main() {}
