//! R2 as it was, and as some meet it: what the client sends by default is taken by all of them.

use futures_util::TryStreamExt as _;
use r2_objects::{ChecksumPolicy, Client, ErrorKind, ListBuckets};
use r2_sim::{
    ChecksumEra, Emulator, Fault, Faulty, KeyIdentity, Plan, Presence, Support, Switches,
    TrailerRefusal,
};

use crate::world::World;

/// Everything that users do most, with a key that holds what others encode wrongly.
async fn live_on(switches: Switches, checksum: ChecksumPolicy) {
    let told = format!("{switches:?}");
    let world = World::with(|r2| r2.switches(switches), |client| client.checksum(checksum)).await;
    let objects = world.client.objects();
    let name = "a+b %23!'()*#猫";
    let stored = objects.put("photos", name, "hello").await;
    stored.unwrap_or_else(|error| panic!("{error:?} {told}"));
    assert_eq!(objects.get("photos", name).await.unwrap().body, "hello", "{told}");
    assert_eq!(objects.head("photos", name).await.unwrap().size, Some(5), "{told}");

    let chunks = ["hello ", "again"].map(|text| Ok::<_, std::io::Error>(text.into()));
    let stream = futures_util::stream::iter(chunks);
    let streamed = objects.put_stream("photos", "streamed", stream, 11).await;
    streamed.unwrap_or_else(|error| panic!("{error:?} {told}"));

    let listed = objects.list_all("photos").unwrap();
    let listed: Vec<_> = listed.try_collect().await.unwrap();
    assert_eq!(listed.len(), 2, "{told}");
    let buckets: Vec<_> =
        world.client.buckets().list(ListBuckets::new()).try_collect().await.unwrap();
    assert_eq!(buckets.len(), 1, "{told}");
    objects.delete("photos", name).await.unwrap();
    assert_eq!(objects.get("photos", name).await.unwrap_err().kind(), ErrorKind::NoSuchKey);
}

/// terraform#33847, soto#643, bitplatform#13362, amd/gaia#3029: no body goes out in aws-chunked
/// form. cloudflare-docs#4513: accept-encoding is not signed. yopass#3657, gobackup#182,
/// pixelfed#3775: no tags, empty headers or ACLs. aws-sdk-js-v3#5565: no `x-id`.
#[tokio::test]
async fn the_defaults_pass_everywhere() {
    let refuse = Support::Refuse;
    for switches in [
        Switches::new().unsigned_trailer(refuse).signed_chunks(refuse),
        Switches::new()
            .unsigned_trailer(refuse)
            .unsigned_trailer_refusal(TrailerRefusal::Unauthorized),
        Switches::new().signed_accept_encoding(refuse),
        Switches::new().canned_acls(refuse).list_buckets_x_id(refuse),
        Switches::new().head_content_length(Presence::Omit).version_id(Presence::Omit),
        Switches::new().key_identity(KeyIdentity::Bytes),
    ] {
        live_on(switches, ChecksumPolicy::Auto).await;
    }
}

/// aws-sdk-js-v3#6810, cortex#5829, skypilot#5282: R2 did not know every checksum at all times.
/// cloudflare-go#3955: without checksums means without.
#[tokio::test]
async fn without_checksums_every_year_is_content() {
    for era in [ChecksumEra::Before2025, ChecksumEra::Spring2025, ChecksumEra::Current] {
        live_on(Switches::new().checksum_era(era), ChecksumPolicy::None).await;
    }
}

/// pgbackrest#2655: a listing is throttled. workers-sdk#12413: 503. data.source.coop#206: the edge
/// answers in its own words. All of that passes.
#[tokio::test(start_paused = true)]
async fn what_passes_is_waited_for() {
    for fault in [Fault::Throttled(None), Fault::Unavailable, Fault::EdgeError] {
        let r2 = Emulator::memory();
        let client = |plan| {
            let client = Client::builder().endpoint("http://r2.local").anonymous();
            client.transport(Faulty::new(r2.clone(), plan)).build().unwrap()
        };
        client(Plan::script([])).buckets().create("photos").await.unwrap();
        client(Plan::script([Some(fault)])).objects().put("photos", "a", "x").await.unwrap();
        let listed = client(Plan::script([Some(fault)]));
        let listed: Vec<_> =
            listed.objects().list_all("photos").unwrap().try_collect().await.unwrap();
        assert_eq!(listed.len(), 1, "{fault:?}");
    }
}
