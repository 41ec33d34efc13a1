//! Too much, too fast, too many.

use std::time::Duration;

use r2_sim::{CrowdRefusal, Fault, Faulty, Plan, Switches};
use r2_transport::Body;

use crate::world::{World, send};

const INTERNAL: &str = "500 InternalError: We encountered an internal error. Please try again.";
const SLOWER: &str =
    "429 TooManyRequests: Reduce your concurrent request rate for the same object.";

fn delete(keys: usize) -> String {
    let keys = (0..keys).map(|key| format!("<Object><Key>{key}</Key></Object>"));
    format!("<Delete>{}</Delete>", keys.collect::<String>())
}

/// apache/opendal#2227: 999 keys are too many, though 1,000 are allowed.
/// Rows: pace.delete.
#[tokio::test]
async fn case_35_opendal_2227_a_delete_of_999_keys() {
    let switches = Switches::new().delete_objects_fail_above(Some(700));
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    let reply = world.send("POST /b-one?delete", &[], delete(999)).await;
    assert_eq!((reply.said(), reply.body.len()), (INTERNAL.to_owned(), 149));
    assert_eq!(world.send("POST /b-one?delete", &[], delete(700)).await.status, 200);
    let world = World::memory().await;
    assert_eq!(world.send("POST /b-one?delete", &[], delete(999)).await.status, 200);
}

/// pgbackrest/pgbackrest#2655: a listing is told to slow down.
#[tokio::test]
async fn case_44_pgbackrest_2655_a_listing_is_throttled() {
    let world = World::memory().await;
    let faulty = Faulty::new(world.r2.clone(), Plan::script([Some(Fault::Throttled(None))]));
    let line = "GET /b-one?delimiter=%2F&list-type=2&prefix=archive";
    let reply = send(&faulty, line, &[], Body::empty()).await;
    assert_eq!((reply.status, reply.element("Code")), (429, Some("TooManyRequests")));
    assert_eq!(send(&faulty, line, &[], Body::empty()).await.status, 200);
}

/// treg#456: the same content is written to the same key at once, thousands of times a day.
/// Rows: pace.key.
#[tokio::test]
async fn case_45_treg_456_writes_to_one_key() {
    let switches = Switches::new().key_write_interval(Some(Duration::from_secs(1)));
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    world.put("/b-one/k", "x").await;
    let again = world.send("PUT /b-one/k", &[], "x").await;
    assert_eq!((again.status, again.element("Code")), (429, Some("TooManyRequests")));
    world.put("/b-one/other", "x").await;
    world.clock.advance(Duration::from_secs(1));
    world.put("/b-one/k", "x").await;
}

/// benbjohnson/litestream#951: five parts of one upload at the same time.
/// Rows: pace.parts.
#[tokio::test]
async fn case_46_litestream_951_parts_at_the_same_time() {
    for (refusal, said) in
        [(CrowdRefusal::InternalError, INTERNAL), (CrowdRefusal::TooManyRequests, SLOWER)]
    {
        let switches =
            Switches::new().parts_in_flight_max(Some(2)).parts_in_flight_refusal(refusal);
        let world = World::with(|builder| builder.switches(switches.clone())).await;
        let created = world.send("POST /b-one/k?uploads", &[], "").await;
        let id = r2_sign::encode::component(created.element("UploadId").unwrap());
        let line = |number: u16| format!("PUT /b-one/k?partNumber={number}&uploadId={id}");
        let lines: Vec<String> = (1..=5).map(line).collect();
        // The first chunk waits until the last request was refused.
        let slow = || {
            let chunks = futures_util::stream::once(async {
                tokio::time::sleep(Duration::from_millis(1)).await;
                Ok::<_, std::io::Error>("x".into())
            });
            Body::one_shot(chunks, Some(1))
        };
        let parts = lines.iter().map(|line| world.send(line, &[], slow()));
        let replies = futures_util::future::join_all(parts).await;
        let said_all: Vec<String> = replies.iter().map(|reply| reply.said()).collect();
        assert_eq!(said_all, ["200", "200", said, said, said]);
        assert_eq!(world.send(&lines[4], &[], "x").await.status, 200);
    }
}

/// cloudflare/workers-sdk#12413, opennext#1110: a bulk upload through another interface; the same
/// answer here.
#[tokio::test]
async fn case_47_workers_sdk_12413_service_unavailable() {
    let world = World::memory().await;
    let faulty = Faulty::new(world.r2.clone(), Plan::script([Some(Fault::Unavailable)]));
    let reply = send(&faulty, "PUT /b-one/k", &[], "x".into()).await;
    assert_eq!((reply.status, reply.element("Code")), (503, Some("ServiceUnavailable")));
    assert_eq!(send(&faulty, "PUT /b-one/k", &[], "x".into()).await.status, 200);
}

/// turborepo-remote-cache-cloudflare#43: more keys than a request takes. The binding says it by
/// number (10027); this interface calls it a document that is not valid.
/// Rows: list.delete-count.
#[tokio::test]
async fn case_60_turborepo_43_more_than_a_thousand_keys() {
    let world = World::memory().await;
    for keys in [0, 1001] {
        let reply = world.send("POST /b-one?delete", &[], delete(keys)).await;
        assert!(reply.said().starts_with("400 MalformedXML: The XML you provided"), "{keys}");
    }
    assert_eq!(world.send("POST /b-one?delete", &[], delete(1000)).await.status, 200);
}
