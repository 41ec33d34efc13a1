//! ListObjects, both versions, in all combinations.

use crate::world::World;

async fn filled(keys: &[&str]) -> World {
    let world = World::memory().await;
    for key in keys {
        world.put(&format!("/b-one/{key}"), "x").await;
    }
    world
}

/// Contents and common prefixes, in the order of the document, and whether there is more.
fn shown(reply: &crate::world::Reply) -> (Vec<&str>, Vec<&str>, bool) {
    let groups = reply.elements("CommonPrefixes");
    let groups = groups.into_iter().map(|group| group.split(['<', '>']).nth(2).unwrap());
    let truncated = reply.element("IsTruncated") == Some("true");
    (reply.elements("Key"), groups.collect(), truncated)
}

#[tokio::test]
async fn an_empty_bucket() {
    let world = World::memory().await;
    let reply = world.get("/b-one?list-type=2").await;
    assert_eq!(
        reply.text(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult \
         xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>b-one</Name><IsTruncated>false\
         </IsTruncated><Prefix></Prefix><MaxKeys>1000</MaxKeys><KeyCount>0</KeyCount>\
         </ListBucketResult>"
    );
}

/// Rows: list.class.
#[tokio::test]
async fn entries_say_what_r2_says() {
    let world = filled(&["a%26b"]).await;
    let reply = world.get("/b-one?list-type=2").await;
    assert_eq!(reply.element("Key"), Some("a&amp;b"));
    assert_eq!(reply.element("Size"), Some("1"));
    assert_eq!(reply.element("LastModified"), Some("2026-08-17T09:30:00.000Z"));
    assert_eq!(reply.element("ETag"), Some("&quot;9dd4e461268c8034f5c8564e155c67a6&quot;"));
    assert_eq!(reply.element("StorageClass"), Some("STANDARD"));
    assert_eq!(reply.element("Owner"), None);
    let owned = world.get("/b-one?list-type=2&fetch-owner=true").await;
    assert!(owned.element("ID").is_some());
    assert!(world.get("/b-one").await.element("ID").is_some());
}

/// Rows: list.groups.
#[tokio::test]
async fn prefixes_and_delimiters() {
    let world = filled(&["a/1", "a/2", "a/b/3", "a0", "b/1", "c"]).await;
    for (query, keys, groups) in [
        ("", &["a/1", "a/2", "a/b/3", "a0", "b/1", "c"][..], &[][..]),
        ("&prefix=a", &["a/1", "a/2", "a/b/3", "a0"], &[]),
        ("&delimiter=/", &["a0", "c"], &["a/", "b/"]),
        ("&prefix=a/&delimiter=%2F", &["a/1", "a/2"], &["a/b/"]),
        ("&delimiter=", &["a/1", "a/2", "a/b/3", "a0", "b/1", "c"], &[]),
        ("&prefix=zz", &[], &[]),
        ("&delimiter=/1", &["a/2", "a/b/3", "a0", "c"], &["a/1", "b/1"]),
    ] {
        let v2 = world.get(&format!("/b-one?list-type=2{query}")).await;
        assert_eq!(shown(&v2), (keys.to_vec(), groups.to_vec(), false), "{query}");
        assert_eq!(v2.element("KeyCount"), Some(&*(keys.len() + groups.len()).to_string()));
        let v1 = world.get(&format!("/b-one?{}", query.trim_start_matches('&'))).await;
        assert_eq!(shown(&v1), (keys.to_vec(), groups.to_vec(), false), "{query}");
        assert_eq!(v1.element("NextMarker"), None);
    }
}

#[tokio::test]
async fn pages_of_every_size_hold_everything_once() {
    let keys = ["a", "a/", "a/1", "a/2", "a0", "b/x/1", "b/x/2", "b/y", "c", "d/1", "é", "😀"];
    let encoded = keys.map(|key| key.replace('é', "%C3%A9").replace('😀', "%F0%9F%98%80"));
    let world = filled(&encoded.each_ref().map(String::as_str)).await;
    for delimiter in ["", "/"] {
        let all = world.get(&format!("/b-one?list-type=2&delimiter={delimiter}")).await;
        let (all_keys, all_groups, _) = shown(&all);
        for size in 1..=12 {
            for version in ["list-type=2&", ""] {
                let base = format!("/b-one?{version}delimiter={delimiter}&max-keys={size}");
                let (keys, groups) = walk(&world, &base, version.is_empty()).await;
                assert_eq!(keys, all_keys, "{base}");
                assert_eq!(groups, all_groups, "{base}");
            }
        }
    }
}

async fn walk(world: &World, base: &str, is_v1: bool) -> (Vec<String>, Vec<String>) {
    let (mut keys, mut groups, mut next) = (Vec::new(), Vec::new(), String::new());
    for _ in 0..20 {
        let reply = world.get(&format!("{base}{next}")).await;
        let (page_keys, page_groups, more) = shown(&reply);
        keys.extend(page_keys.into_iter().map(str::to_owned));
        groups.extend(page_groups.into_iter().map(str::to_owned));
        let (parameter, element) = if is_v1 {
            ("marker", "NextMarker")
        } else {
            ("continuation-token", "NextContinuationToken")
        };
        assert_eq!(reply.element(element).is_some(), more);
        if !more {
            return (keys, groups);
        }
        next =
            format!("&{parameter}={}", r2_sign::encode::component(reply.element(element).unwrap()));
    }
    panic!("{base} does not end");
}

#[tokio::test]
async fn starts() {
    let world = filled(&["a", "b", "b/1", "c"]).await;
    for (query, keys) in [
        ("list-type=2&start-after=b", &["b/1", "c"][..]),
        ("list-type=2&start-after=b0", &["c"]),
        ("list-type=2&start-after=zzz", &[]),
        ("marker=a", &["b", "b/1", "c"]),
        ("prefix=b&marker=a", &["b", "b/1"]),
        ("prefix=b&marker=b", &["b/1"]),
        ("prefix=a&marker=b", &[]),
    ] {
        assert_eq!(shown(&world.get(&format!("/b-one?{query}")).await).0, keys, "{query}");
    }
    // A token older than start-after loses to it.
    let page = world.get("/b-one?list-type=2&max-keys=1").await;
    let token = page.element("NextContinuationToken").unwrap().replace('=', "%3D");
    let query = format!("/b-one?list-type=2&continuation-token={token}&start-after=b/1");
    assert_eq!(shown(&world.get(&query).await).0, ["c"]);
}

#[tokio::test]
async fn max_keys() {
    let world = filled(&["a", "b"]).await;
    for (max, echoed, count, more) in [
        ("0", "0", 0, true),
        ("1.9", "1", 1, true),
        ("2", "2", 2, false),
        ("5000", "5000", 2, false),
    ] {
        let reply = world.get(&format!("/b-one?list-type=2&max-keys={max}")).await;
        assert_eq!(reply.element("MaxKeys"), Some(echoed));
        assert_eq!((reply.elements("Key").len(), shown(&reply).2), (count, more), "{max}");
    }
    let nothing = world.get("/b-one?list-type=2&max-keys=0&prefix=zz").await;
    assert_eq!(nothing.element("IsTruncated"), Some("false"));
}

#[tokio::test]
async fn url_encoding() {
    let world = filled(&["ls/su%20b%2B", "ls/%0D"]).await;
    let reply = world.get("/b-one?list-type=2&encoding-type=url&prefix=ls/").await;
    assert_eq!(reply.elements("Key"), ["ls%2F%0D", "ls%2Fsu%20b%2B"]);
    assert_eq!(reply.element("Prefix"), Some("ls%2F"));
    assert_eq!(reply.element("EncodingType"), Some("url"));
}

#[tokio::test]
async fn more_than_a_page() {
    let world = World::memory().await;
    for number in 0..1005 {
        world.put(&format!("/b-one/{number:05}"), "").await;
    }
    let first = world.get("/b-one?list-type=2&max-keys=5000").await;
    assert_eq!((first.elements("Key").len(), shown(&first).2), (1000, true));
    let groups = world.get("/b-one?list-type=2&delimiter=00").await;
    assert_eq!(shown(&groups).1, ["00", "0100"]);
}

/// Rows: multipart.hidden.
#[tokio::test]
async fn uploads_are_not_objects_until_they_are_complete() {
    let world = World::memory().await;
    world.send("POST /b-one/u?uploads", &[], "").await;
    assert_eq!(world.get("/b-one?list-type=2").await.element("KeyCount"), Some("0"));
}
