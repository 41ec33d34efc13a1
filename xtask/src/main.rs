//! The keeper of this workspace.

fn main() {}
