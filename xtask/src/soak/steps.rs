//! The store ended between any two steps of its disk, in more orders and more ways than the usual
//! tests have time for.

use std::path::Path;

use super::run::Sizes;
use crate::cargo::{cargo, succeed};
use crate::test::Ledger;

pub(super) fn run(root: &Path, sizes: Sizes, ledger: &mut Ledger) {
    ledger.check("store: ended between any two steps, nothing acknowledged is lost", || {
        let mut tests = cargo(root);
        tests.args(["test", "--quiet", "--workspace", "--lib", "--", "--ignored", "--nocapture"]);
        tests.arg("soak_").env("R2_SOAK_ROUNDS", sizes.kills.to_string());
        succeed(tests.env("R2_SOAK_SEED", sizes.seed.to_string()))
    });
}
