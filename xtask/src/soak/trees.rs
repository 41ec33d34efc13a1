//! A tree of awkward names and one large file go up with `sync` and come back with `sync`.

use super::run::Sizes;
use crate::failure::Result;
use crate::interop::{Access, Bench, tree};
use crate::test::Ledger;

const BUCKET: &str = "r2://soak-trees";

pub(super) fn run(name: &str, bench: &Bench, access: &Access, sizes: Sizes, ledger: &mut Ledger) {
    let mut grown = None;
    ledger.check(&format!("{name}: grow {} files and a large one", sizes.files), || {
        let folder = bench.place.fresh("soak-trees")?;
        tree::grow(&folder.join("tree"), sizes.files)?;
        tree::write_noise(&folder.join("tree/large.bin"), 3, sizes.large_bytes)?;
        grown = Some(folder);
        Ok(())
    });
    let Some(folder) = grown else { return };
    let r2 = bench.program(access, &folder);
    let at = format!("{BUCKET}/tree");
    let steps: [(&str, &dyn Fn() -> Result<()>); 4] = [
        ("sync up", &|| {
            r2.run(&["mb", "--ignore-existing", BUCKET])?;
            r2.run(&["sync", "tree", &at]).map(drop)
        }),
        ("a second sync sends nothing", &|| r2.sends_nothing("tree", &at)),
        ("sync back, equal to the byte", &|| {
            r2.run(&["sync", &at, "back"])?;
            tree::same(&folder.join("tree"), &folder.join("back"))
        }),
        ("remove everything", &|| r2.run(&["rb", "--force", BUCKET]).map(drop)),
    ];
    for (step, work) in steps {
        ledger.check(&format!("{name}: {step}"), work);
    }
}
