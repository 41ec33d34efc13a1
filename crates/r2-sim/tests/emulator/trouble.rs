//! Faults and the journal.

use std::time::Duration;

use http::Request;
use r2_sim::{Emulator, Fault, Faulty, Journal, ManualClock, Plan, Storm};
use r2_transport::{Body, Clock as _, ErrorKind, Transport};

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
        (Fault::CutRequest, "Reset applied: true"),
        (Fault::StalledRequest(second), "Stalled applied: true"),
        (Fault::Duplicated, "200 whole"),
        (Fault::LostReply, "Reset applied: true"),
        (Fault::CutBody, "200, then Reset"),
        (Fault::StalledBody(second), "200, then Stalled"),
        (Fault::FlippedByte, "200 other bytes"),
        (Fault::ShortBody, "200 9999 bytes of application/octet-stream"),
        (Fault::LongBody, "200 10001 bytes of application/octet-stream"),
        (Fault::Throttled(Some(second)), "429 156 bytes of application/xml"),
        (Fault::InternalError, "500 149 bytes of application/xml"),
        (Fault::LateInternalError, "500 149 bytes of application/xml"),
        (Fault::BadGateway, "502 102 bytes of text/html; charset=UTF-8"),
        (Fault::Unavailable, "503 135 bytes of application/xml"),
        (Fault::EdgeError, "520 131 bytes of text/html; charset=UTF-8"),
        (Fault::EdgeTimeout(second), "524 109 bytes of text/html; charset=UTF-8"),
        (Fault::SlowStart(second), "200 whole"),
        (Fault::SlowBody(second), "200 whole"),
    ] {
        let faulty = Faulty::new(r2.clone(), Plan::script([Some(fault)]));
        assert_eq!(get(&faulty).await, outcome, "{fault:?}");
        assert_eq!(get(&faulty).await, "200 whole", "after {fault:?}");
        assert_eq!(faulty.injected(), [fault]);
    }
}

#[tokio::test(start_paused = true)]
async fn some_faults_come_before_the_effect_and_some_after() {
    let r2 = with_object().await;
    for (number, (fault, took_effect)) in [
        (Fault::Refused, false),
        (Fault::LostRequest, false),
        (Fault::CutRequest, false),
        (Fault::StalledRequest(Duration::from_secs(1)), false),
        (Fault::InternalError, false),
        (Fault::Throttled(None), false),
        (Fault::LostReply, true),
        (Fault::LateInternalError, true),
        (Fault::BadGateway, false),
        (Fault::EdgeError, false),
        (Fault::EdgeTimeout(Duration::from_secs(1)), true),
        (Fault::CutBody, true),
        (Fault::Duplicated, true),
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
async fn a_flipped_request_is_another_request() {
    let r2 = with_object().await;
    let put = || Request::put("http://r2.local/b-one/new").body(Body::from("12345678")).unwrap();
    let faulty = Faulty::new(r2.clone(), Plan::script([Some(Fault::FlippedRequest)]));
    assert_eq!(faulty.send(put()).await.unwrap().status(), 200);
    let stored = send(&r2, "GET /b-one/new", &[], "".into()).await.body;
    assert_eq!(stored.len(), 8);
    assert_ne!(stored, "12345678");
}

#[tokio::test]
async fn a_duplicated_request_arrives_twice_and_is_answered_by_the_first() {
    let journal = Journal::new(with_object().await);
    let faulty = Faulty::new(journal.clone(), Plan::script([Some(Fault::Duplicated); 2]));
    let create = |body| {
        let request = Request::put("http://r2.local/b-one/new").header("if-none-match", "*");
        request.body(body).unwrap()
    };
    assert_eq!(faulty.send(create(Body::from("1"))).await.unwrap().status(), 200);
    let statuses = |journal: &Journal<_>| -> Vec<u16> {
        journal.exchanges().iter().filter_map(|e| e.status.map(|s| s.as_u16())).collect()
    };
    assert_eq!(statuses(&journal), [200, 412]);
    // What can be read once cannot arrive twice.
    journal.clear();
    let once = futures_util::stream::iter([Ok::<_, std::io::Error>("2".into())]);
    faulty.send(create(Body::one_shot(once, Some(1)))).await.unwrap();
    assert_eq!(statuses(&journal), [412]);
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_a_window_in_each_period() {
    let (hour, minute) = (Duration::from_secs(3600), Duration::from_secs(60));
    let run = async |seed: u64| {
        let storm = Storm::new(hour, 10 * minute, Fault::Throttled(None));
        let faulty = Faulty::new(with_object().await, Plan::new(seed).storm(storm));
        let mut throttled = Vec::new();
        for at in 0..180 {
            if send(&faulty, "GET /b-one/k", &[], "".into()).await.status == 429 {
                throttled.push(at);
            }
            tokio::time::sleep(minute).await;
        }
        throttled
    };
    let throttled = run(1).await;
    for period in throttled.chunks(10) {
        assert_eq!(period.len(), 10, "{throttled:?}");
        assert_eq!(period[9] - period[0], 9, "one window: {throttled:?}");
        assert_eq!(period[0] / 60, period[9] / 60, "in one period: {throttled:?}");
    }
    assert_eq!(throttled.len(), 30);
    assert_eq!(throttled, run(1).await);
    assert_ne!(throttled, run(2).await);
}

#[tokio::test]
async fn weights_say_how_likely_a_fault_is() {
    let faults = [(Fault::InternalError, 9), (Fault::Unavailable, 1), (Fault::Refused, 0)];
    let faulty = Faulty::new(with_object().await, Plan::new(3).per_mille(1000).weighted(faults));
    for _ in 0..400 {
        send(&faulty, "GET /b-one/k", &[], "".into()).await;
    }
    let count = |fault| faulty.injected().iter().filter(|injected| **injected == fault).count();
    assert_eq!(count(Fault::Refused), 0);
    assert!((15..=70).contains(&count(Fault::Unavailable)), "{}", count(Fault::Unavailable));
    assert_eq!(count(Fault::InternalError) + count(Fault::Unavailable), 400);
}

#[tokio::test(start_paused = true)]
async fn a_running_clock_follows_the_paused_one() {
    let clock = ManualClock::at_unix(1_000).running();
    let begin = clock.now();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(clock.now(), begin + Duration::from_secs(5));
    clock.advance(Duration::from_secs(60));
    assert_eq!(clock.now(), begin + Duration::from_secs(65));
    clock.set(begin);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(clock.now(), begin + Duration::from_secs(1));
    let still = ManualClock::at_unix(1_000);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(still.now(), begin);
}

#[test]
fn every_kind_is_listed_once() {
    let names: std::collections::BTreeSet<_> = Fault::ALL.map(Fault::name).into();
    // throttling is listed with and without a time to come back
    assert_eq!(names.len(), Fault::ALL.len() - 1);
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
