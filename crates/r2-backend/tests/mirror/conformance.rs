//! A mirror is a back end like any other.

use std::sync::Arc;

use r2_backend::conformance::Suite;
use r2_backend::mirror::Freshness;

use super::World;

#[tokio::test]
async fn it_conforms_whatever_it_trusts() {
    for freshness in [Freshness::Trust, Freshness::Always] {
        let world = World::new();
        let mirror = Arc::new(world.mirror(freshness).await);
        let report = Suite::new(mirror).large_bytes((1 << 20) + 17).run().await;
        assert!(report.is_ok(), "{freshness:?}: {report}");
    }
}
