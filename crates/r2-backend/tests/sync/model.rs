//! Random trees against a model: afterwards both sides are equal, and nothing is left to do.

use std::collections::BTreeMap;

use proptest::prelude::*;
use r2_backend::{Extra, Location, SyncOptions};

use crate::world::{World, file, files, plan, sync};

type Tree = BTreeMap<String, Vec<u8>>;

/// Names that do not lie under each other.
fn tree() -> impl Strategy<Value = Tree> {
    let name = "[ab\u{e9}]{1,2}(/[ab!.][ab]{0,1}){0,2}";
    let content = prop::collection::vec(prop::sample::select(b"xy".to_vec()), 0..3);
    prop::collection::btree_map(name, content, 0..12).prop_map(|tree| {
        let mut kept = Tree::new();
        for (name, content) in tree {
            let dots = name.split('/').any(|segment| segment == ".");
            let under = kept.keys().any(|other: &String| name.starts_with(&format!("{other}/")));
            if !dots && !under {
                kept.insert(name, content);
            }
        }
        kept
    })
}

/// Would a file of one tree have to be a folder of the other?
fn fight(one: &Tree, other: &Tree) -> bool {
    one.keys().any(|name| other.keys().any(|o| o.starts_with(&format!("{name}/"))))
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_destination_becomes_what_the_model_says(
        local in tree(),
        remote in tree(),
        upload: bool,
        delete: bool,
    ) {
        let (source, destination) = if upload { (&local, &remote) } else { (&remote, &local) };
        prop_assume!(upload || !fight(source, destination) && !fight(destination, source));
        let mut model = if delete { Tree::new() } else { destination.clone() };
        model.extend(source.clone());
        run(async {
            let world = World::new().await;
            let root = tempfile::tempdir().unwrap();
            for (name, content) in &remote {
                world.put(&format!("p/{name}"), content.clone()).await;
            }
            for (name, content) in &local {
                file(root.path(), name, content);
            }
            let (here, there) = (Location::directory(root.path()), world.bucket("p"));
            let (from, to) = if upload { (&here, &there) } else { (&there, &here) };
            let extra = if delete { Extra::Delete { at_most: 100 } } else { Extra::Keep };
            // Files may be older than objects of another content: only the content tells.
            let compare = r2_backend::Compare::Checksum;
            let options = SyncOptions::new().extra(extra).compare(compare);
            let report = sync(from, to, &options).await;
            assert!(report.is_complete(), "{report:?}");
            let strip = |key: String| key.strip_prefix("p/").unwrap().to_owned();
            let objects = world.objects().await.into_iter();
            let objects: Tree = objects.map(|(key, content)| (strip(key), content)).collect();
            let (expected_local, expected_remote) =
                if upload { (&local, &model) } else { (&model, &remote) };
            assert_eq!(&files(root.path()), expected_local);
            assert_eq!(&objects, expected_remote);
            world.seen();
            assert!(plan(from, to, &options).await.is_empty());
            assert_eq!(world.seen(), Vec::<String>::new());
        });
    }
}
