//! What a page of a listing costs: as many rows as it shows, however many there are.

use http::Request;
use r2_transport::{Body, Transport as _};

use super::super::snapshot::VISITED;
use super::super::{BucketRecord, Counter, Halt, ObjectRecord, Store, Txn};
use crate::Emulator;

const GROUPS: usize = 50;
const KEYS_EACH: usize = 1000;
const PAGE: usize = 1000;

/// Objects without bytes, as rows: through the API it would take minutes.
async fn fill(store: &Store) {
    for group in 0..GROUPS {
        let change = move |txn: &mut Txn<'_>| -> Result<(), Halt<()>> {
            if group == 0 {
                let bucket = BucketRecord {
                    id: u32::try_from(txn.next(Counter::Bucket)?).unwrap(),
                    created: 0,
                    location: None,
                    cors: None,
                    lifecycle: None,
                    locks: Vec::new(),
                };
                txn.put_bucket("many", &bucket)?;
            }
            for key in 0..KEYS_EACH {
                let row = ObjectRecord { class: "STANDARD".to_owned(), ..ObjectRecord::default() };
                txn.put_object(1, &format!("group-{group:03}/{key:04}"), &row)?;
            }
            Ok(())
        };
        assert!(store.write(change).await.is_ok());
    }
}

/// One page: its document, and how many rows it looked at.
async fn page(r2: &Emulator, query: &str) -> (String, usize) {
    let uri = format!("http://r2.local/many?list-type=2{query}");
    VISITED.set(0);
    let response = r2.send(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap();
    let visited = VISITED.get();
    let said = response.into_body().collect(4 << 20).await.unwrap();
    (String::from_utf8(said.to_vec()).unwrap(), visited)
}

/// Every page of a listing: how many entries there are, and the most rows that a page looked at.
async fn all(r2: &Emulator, query: &str, entry: &str) -> (usize, usize) {
    let (mut entries, mut most, mut next) = (0, 0, String::new());
    loop {
        let (said, visited) = page(r2, &format!("{query}{next}")).await;
        entries += said.matches(entry).count();
        most = most.max(visited);
        let Some((_, token)) = said.split_once("<NextContinuationToken>") else { break };
        let (token, _) = token.split_once('<').unwrap();
        next = format!("&continuation-token={}", token.replace('+', "%2B").replace('/', "%2F"));
    }
    (entries, most)
}

#[tokio::test]
async fn a_page_costs_what_it_shows() {
    let r2 = Emulator::memory();
    fill(r2.store()).await;
    // One row more says that there is a next page.
    let (keys, most) = all(&r2, "", "<Key>").await;
    assert_eq!(keys, GROUPS * KEYS_EACH);
    assert!(most <= PAGE + 1, "{most} rows for a page");
    // A group costs a descent, and not its keys.
    let (groups, most) = all(&r2, "&delimiter=/", "<CommonPrefixes>").await;
    assert_eq!(groups, GROUPS);
    assert!(most <= GROUPS + 1, "{most} rows for {groups} groups");
    let (groups, most) = all(&r2, "&delimiter=/&max-keys=7", "<CommonPrefixes>").await;
    assert_eq!(groups, GROUPS);
    assert!(most <= 8, "{most} rows for 7 groups");
    let (keys, most) = all(&r2, "&prefix=group-025/&delimiter=/", "<Key>").await;
    assert_eq!(keys, KEYS_EACH);
    assert!(most <= PAGE + 1, "{most} rows for a page");
    let (said, visited) = page(&r2, "&prefix=nothing&delimiter=/").await;
    assert!(!said.contains("<Key>") && visited <= 1, "{visited} rows for nothing");
}
