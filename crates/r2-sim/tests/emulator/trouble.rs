//! Faults and the journal.

use std::time::Duration;

use http::Request;
use r2_sim::{Emulator, Fault, Faulty, Journal, Plan};
use r2_transport::{Body, ErrorKind, Transport};

use crate::world::send;

async fn with_object() -> Emulator {
    let r2 = Emulator::memory();
    send(&r2, "PUT /b-one", &[], "".into()).await;
    send(&r2, "PUT /b-one/k", &[], vec![7; 10_000].into()).await;
    r2
}

/// The outcome of a GET in a few words.
async fn get(transport: &impl Transport) -> String {
    let request = Request::get("http://r2.local/b-one/k").body(Body::empty()).unwrap();
    match transport.send(request).await {
        Err(error) => format!("{:?} applied: {}", error.kind(), error.may_have_applied()),
        Ok(response) => {
            let status = response.status().as_u16();
            let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
            match response.into_body().collect(1 << 20).await {
                Err(error) => format!("{status}, then {:?}", error.kind()),
                Ok(body) if body == vec![7; 10_000] => format!("{status} whole"),
                Ok(body) if body.len() == 10_000 => format!("{status} other bytes"),
                Ok(body) => format!("{status} {} bytes of {kind}", body.len()),
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_fault_has_its_place() {
    let r2 = with_object().await;
    let second = Duration::from_secs(1);
    for (fault, outcome) in [
        (Fault::Refused, "Connect applied: false"),
        (Fault::LostRequest, "Reset applied: true"),
        (Fault::LostReply, "Reset applied: true"),
        (Fault::CutBody, "200, then Reset"),
        (Fault::StalledBody(second), "200, then Stalled"),
        (Fault::FlippedByte, "200 other bytes"),
        (Fault::ShortBody, "200 9999 bytes of application/octet-stream"),
        (Fault::Throttled(Some(second)), "429 156 bytes of application/xml"),
        (Fault::InternalError, "500 149 bytes of application/xml"),
        (Fault::LateInternalError, "500 149 bytes of application/xml"),
        (Fault::Unavailable, "503 135 bytes of application/xml"),
        (Fault::EdgeError, "520 131 bytes of text/html; charset=UTF-8"),
        (Fault::SlowStart(second), "200 whole"),
        (Fault::SlowBody(second), "200 whole"),
    ] {
        let faulty = Faulty::new(r2.clone(), Plan::script([Some(fault)]));
        assert_eq!(get(&faulty).await, outcome, "{fault:?}");
        assert_eq!(get(&faulty).await, "200 whole", "after {fault:?}");
        assert_eq!(faulty.injected(), [fault]);
    }
}

#[tokio::test]
async fn some_faults_come_before_the_effect_and_some_after() {
    let r2 = with_object().await;
    for (number, (fault, took_effect)) in [
        (Fault::Refused, false),
        (Fault::LostRequest, false),
        (Fault::CutRequest, false),
        (Fault::InternalError, false),
        (Fault::Throttled(None), false),
        (Fault::LostReply, true),
        (Fault::LateInternalError, true),
        (Fault::CutBody, true),
    ]
    .into_iter()
    .enumerate()
    {
        let faulty = Faulty::new(r2.clone(), Plan::script([Some(fault)]));
        let path = format!("/b-one/effect-{number}");
        let request = Request::put(format!("http://r2.local{path}")).body(Body::from("body"));
        drop(faulty.send(request.unwrap()).await);
        let status = send(&r2, &format!("GET {path}"), &[], "".into()).await.status;
        assert_eq!(status == 200, took_effect, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_seed_gives_the_same_run() {
    let run = async |seed: u64, order: &[usize]| {
        let plan = Plan::new(seed).per_mille(300).faults(Fault::COMMON);
        let faulty = Faulty::new(with_object().await, plan);
        let mut outcomes = vec![Vec::new(); 40];
        for attempt in 0..3 {
            for key in order {
                let line = format!("PUT /b-one/{key}?X-Amz-Signature={attempt}{seed}");
                let uri = format!("http://r2.local{}", &line[4..]);
                let request = Request::put(uri).body(Body::from("x")).unwrap();
                let outcome = faulty.send(request).await;
                outcomes[*key].push(match outcome {
                    Ok(response) => response.status().as_u16(),
                    Err(error) => u16::from(error.kind() == ErrorKind::Reset),
                });
            }
        }
        (outcomes, faulty.injected().len())
    };
    let forwards: Vec<usize> = (0..40).collect();
    let backwards: Vec<usize> = (0..40).rev().collect();
    let (first, count) = run(1, &forwards).await;
    assert_eq!(first, run(1, &backwards).await.0);
    assert_ne!(first, run(2, &forwards).await.0);
    // 120 requests, three in ten.
    assert!((20..=55).contains(&count), "{count}");
    let plan = Plan::new(1).per_mille(1000).faults([Fault::InternalError]).at_most(2);
    let faulty = Faulty::new(with_object().await, plan);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&faulty, "GET /b-one/k", &[], "".into()).await.status);
    }
    assert_eq!(statuses, [500, 500, 200]);
}

#[tokio::test]
async fn throttling_says_when_to_come_back() {
    let plan = Plan::script([Some(Fault::Throttled(Some(Duration::from_secs(7))))]);
    let reply = send(&Faulty::new(with_object().await, plan), "GET /b-one/k", &[], "".into()).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "7"));
    assert_eq!(reply.element("Code"), Some("TooManyRequests"));
}

#[tokio::test]
async fn the_journal_counts_and_hides() {
    let journal = Journal::new(Faulty::new(
        with_object().await,
        Plan::script([None, None, Some(Fault::Refused)]),
    ));
    let secret = [
        ("authorization", "AWS4 hush"),
        ("x-amz-copy-source-server-side-encryption-customer-key", "hush"),
        ("x-amz-meta-a", "1"),
    ];
    send(&journal, "PUT /b-one/new?X-Amz-Signature=hush&x-id=PutObject", &secret, "12345".into())
        .await;
    send(&journal, "GET /b-one/k", &[("range", "bytes=0-9")], "".into()).await;
    let request = Request::get("http://r2.local/b-one?list-type=2").body(Body::empty()).unwrap();
    journal.send(request).await.unwrap_err();
    let exchanges = journal.exchanges();
    let told: Vec<_> = exchanges
        .iter()
        .map(|e| {
            (e.operation.as_str(), e.status.map(|s| s.as_u16()), e.sent_bytes, e.received_bytes)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("PutObject", Some(200), 5, 0),
            ("GetObject", Some(206), 0, 10),
            ("ListObjectsV2", None, 0, 0)
        ]
    );
    assert_eq!(exchanges[0].query, "x-id=PutObject");
    assert_eq!(exchanges[0].headers["x-amz-meta-a"], "1");
    assert_eq!(exchanges[2].error, Some(ErrorKind::Connect));
    assert!(!format!("{journal:?} {exchanges:?}").contains("hush"));
    assert_eq!(journal.count("GetObject"), 1);
    journal.clear();
    assert!(journal.exchanges().is_empty());
}
