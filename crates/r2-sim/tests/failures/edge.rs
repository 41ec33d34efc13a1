//! What happens between a client and R2.

use r2_sim::{Fault, Faulty, Plan, Presence, Switches};
use r2_transport::Body;

use crate::world::{World, send};

/// rclone/rclone#8137, async-aws#2077: a HEAD without its length, because the edge might compress.
/// Rows: answer.edge.
#[tokio::test]
async fn case_43_rclone_8137_a_head_without_length() {
    let switches = Switches::new().head_content_length(Presence::Omit);
    let world = World::with(|builder| builder.switches(switches.clone())).await;
    world.put("/b-one/k", "hello").await;
    for (accepts, length) in [("gzip", ""), ("br, gzip", ""), ("identity", "5")] {
        let head = world.send("HEAD /b-one/k", &[("accept-encoding", accepts)], "").await;
        assert_eq!((head.status, head.header("content-length")), (200, length), "{accepts}");
    }
    let world = World::memory().await;
    world.put("/b-one/k", "hello").await;
    let head = world.send("HEAD /b-one/k", &[("accept-encoding", "gzip")], "").await;
    assert_eq!(head.header("content-length"), "5");
}

/// source-cooperative/data.source.coop#206, cachix-action#200: the edge answers, not R2.
#[tokio::test]
async fn case_48_data_source_coop_206_the_edge_answers() {
    let world = World::memory().await;
    world.put("/b-one/k", "x").await;
    let faulty = Faulty::new(world.r2.clone(), Plan::script([Some(Fault::EdgeError)]));
    let reply = send(&faulty, "GET /b-one/k", &[], Body::empty()).await;
    assert_eq!(reply.status, 520);
    assert!(!reply.header("content-type").contains("xml") && reply.element("Code").is_none());
    assert!(reply.text().contains("520"), "{}", reply.text());
    for header in ["x-amz-request-id", "x-amz-id-2"] {
        assert_eq!(reply.header(header), "");
    }
    assert_eq!(send(&faulty, "GET /b-one/k", &[], Body::empty()).await.status, 200);
}

/// home-assistant/core#176761: the length that is announced is not the body's.
/// Rows: body.length.
#[tokio::test]
async fn case_49_home_assistant_176761_another_length() {
    let world = World::memory().await;
    for length in ["4", "6"] {
        let reply = world.send("PUT /b-one/k", &[("content-length", length)], "hello").await;
        assert_eq!(
            reply.said(),
            "400 IncompleteBody: You did not provide the number of bytes specified by the \
             Content-Length HTTP header."
        );
    }
    assert_eq!(world.get("/b-one/k").await.status, 404);
}
