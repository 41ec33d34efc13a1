//! What was recorded is what is played: bodies, failures, cuts, time.

use std::time::Duration;

use r2_sim::{
    Canned, Cassette, Emulator, Fault, Faulty, Mock, Noise, Plan, Playback, RecordOptions,
    Recorder, Replayer, Values,
};
use r2_transport::{Body, ErrorKind, Transport};

use crate::world::{get, put, recorder, request, send};

/// One key from nothing to nothing; statuses, bodies, and the headers of a HEAD.
async fn life(r2: &impl Transport) -> Vec<(u16, String)> {
    let mut answers = vec![get(r2, "/photos/a").await];
    for body in ["one", "two"] {
        answers.push((put(r2, "/photos/a", body).await, String::new()));
        answers.push(get(r2, "/photos/a").await);
    }
    let head = send(r2, "HEAD /photos/a").await;
    let headers: std::collections::BTreeMap<_, _> =
        head.headers().iter().map(|(name, value)| (name.as_str(), value)).collect();
    answers.push((head.status().as_u16(), format!("{headers:?}")));
    let gone = send(r2, "DELETE /photos/a").await;
    answers.push((gone.status().as_u16(), String::new()));
    answers.push(get(r2, "/photos/a").await);
    answers
}

#[tokio::test]
async fn what_was_answered_is_answered_again() {
    let recorder = recorder("one key's life").await;
    let lived = life(&recorder).await;
    let statuses: Vec<u16> = lived.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [404, 200, 200, 200, 200, 200, 204, 404]);
    assert!(lived[5].1.contains("\"content-length\": \"3\""), "{}", lived[5].1);

    let replayer = Replayer::new(recorder.finish().unwrap());
    assert_eq!(life(&replayer).await, lived);
    replayer.assert_exhausted();
}

#[tokio::test]
async fn a_large_body_is_named_by_its_noise() {
    const LENGTH: u64 = 300_000;
    let emulator = Emulator::memory();
    send(&emulator, "PUT /photos").await;
    let recorder = Recorder::new(emulator, RecordOptions::new("noise").noise(6).noise(7));
    let noise = Noise::new(7);
    let upload = request("PUT /photos/big", &[], noise.body(0..LENGTH));
    assert_eq!(recorder.send(upload).await.unwrap().status(), 200);
    let range = [("range", "bytes=100001-250000")];
    let part = recorder.send(request("GET /photos/big", &range, "")).await.unwrap();
    assert!(part.into_body().collect(1 << 20).await.unwrap() == noise.bytes(100_001..250_001));

    let json = recorder.finish().unwrap().to_json();
    assert!(json.len() < 4000, "{} bytes", json.len());
    let replayer = Replayer::new(Cassette::parse(&json).unwrap());
    // Another body of the same length is another body.
    let other = request("PUT /photos/big", &[], Noise::new(8).body(0..LENGTH));
    assert_eq!(replayer.send(other).await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert!(replayer.misses()[0].contains("body of 300000 bytes"), "{:?}", replayer.misses());
    let upload = request("PUT /photos/big", &[], noise.body(0..LENGTH));
    assert_eq!(replayer.send(upload).await.unwrap().status(), 200);
    let part = replayer.send(request("GET /photos/big", &range, "")).await.unwrap();
    assert_eq!(part.status(), 206);
    assert!(part.into_body().collect(1 << 20).await.unwrap() == noise.bytes(100_001..250_001));
    assert!(replayer.unused().is_empty());
}

#[tokio::test]
async fn a_reader_that_had_enough_leaves_the_length() {
    const LENGTH: u64 = 1_000_000;
    let emulator = Emulator::memory();
    send(&emulator, "PUT /photos").await;
    emulator.send(request("PUT /photos/big", &[], Noise::new(7).body(0..LENGTH))).await.unwrap();
    let recorder = Recorder::new(emulator, RecordOptions::new("enough").noise(7));
    let mut body = send(&recorder, "GET /photos/big").await.into_body();
    let mut taken = 0;
    while taken < 100_000 {
        taken += body.next_chunk().await.unwrap().unwrap().len();
    }
    drop(body);
    let replayer = Replayer::new(recorder.finish().unwrap());
    let again = send(&replayer, "GET /photos/big").await;
    assert_eq!(again.headers()["content-length"], "1000000");
    let again = again.into_body().collect(1 << 20).await.unwrap();
    assert!(again == Noise::new(7).bytes(0..LENGTH));
}

#[tokio::test]
async fn a_large_body_that_nobody_can_make_has_to_be_given() {
    let content = vec![9; 40_000];
    let recorder = recorder("no noise").await;
    recorder.send(request("PUT /photos/big", &[], content.clone())).await.unwrap();
    get_bytes(&recorder, 40_000).await.unwrap();
    let cassette = recorder.finish().unwrap();

    let replayer = Replayer::new(cassette.clone());
    assert_eq!(get_bytes(&replayer, 40_000).await, Err(ErrorKind::InvalidRequest));
    assert!(replayer.misses()[0].contains("Replayer::content"), "{:?}", replayer.misses());
    let replayer = Replayer::new(cassette).content(content.clone());
    assert!(get_bytes(&replayer, 40_000).await.unwrap() == content);
}

async fn get_bytes(r2: &impl Transport, limit: usize) -> Result<Vec<u8>, ErrorKind> {
    let get = request("GET /photos/big", &[], Body::empty());
    let response = r2.send(get).await.map_err(|error| error.kind())?;
    let bytes = response.into_body().collect(limit).await.map_err(|error| error.kind())?;
    Ok(bytes.to_vec())
}

#[tokio::test]
async fn failures_and_cuts_are_played_as_they_were() {
    let emulator = Emulator::memory();
    send(&emulator, "PUT /photos").await;
    put(&emulator, "/photos/big", "0123456789").await;
    let plan = Plan::script([
        Some(Fault::Refused),
        Some(Fault::LostReply),
        Some(Fault::CutBody),
        Some(Fault::Throttled(Some(Duration::from_secs(3)))),
    ]);
    let recorder = Recorder::new(Faulty::new(emulator, plan), "trouble");
    for _ in 0..4 {
        let _ = get_bytes(&recorder, 100).await;
    }
    let replayer = Replayer::new(recorder.finish().unwrap());
    assert_eq!(get_bytes(&replayer, 100).await, Err(ErrorKind::Connect));
    let get = || request("GET /photos/big", &[], Body::empty());
    let lost = replayer.send(get()).await.unwrap_err();
    assert!(lost.kind() == ErrorKind::Reset && lost.may_have_applied());
    assert_eq!(get_bytes(&replayer, 100).await, Err(ErrorKind::Reset));
    let throttled = replayer.send(get()).await.unwrap();
    assert_eq!(
        (throttled.status().as_u16(), &throttled.headers()["retry-after"]),
        (429, &"3".parse().unwrap())
    );
    replayer.assert_exhausted();
}

#[tokio::test]
async fn an_unread_answer_is_a_cut_one() {
    let recorder = recorder("half").await;
    put(&recorder, "/photos/a", "0123456789").await;
    drop(send(&recorder, "GET /photos/a").await);
    let json = recorder.finish().unwrap().to_json();
    assert!(json.contains("\"cut\": true"), "{json}");
}

#[tokio::test(start_paused = true)]
async fn latency_is_played_through_the_clock_of_tokio() {
    let emulator = Emulator::memory();
    send(&emulator, "PUT /photos").await;
    put(&emulator, "/photos/big", "0123456789").await;
    let slow = Plan::script([Some(Fault::SlowStart(Duration::from_secs(2)))]);
    let recorder = Recorder::new(Faulty::new(emulator, slow), "slow");
    get_bytes(&recorder, 100).await.unwrap();
    let cassette = recorder.finish().unwrap();
    for (playback, seconds) in
        [(Playback::Instant, 0.0), (Playback::Recorded, 2.0), (Playback::Scaled(0.25), 0.5)]
    {
        let replayer = Replayer::new(cassette.clone()).playback(playback);
        let start = tokio::time::Instant::now();
        get_bytes(&replayer, 100).await.unwrap();
        let took = start.elapsed().as_secs_f64();
        assert!((took - seconds).abs() < 0.01, "{playback:?} took {took} s of paused time");
    }
}

#[tokio::test]
async fn steady_recordings_are_the_same_file() {
    let mut files = Vec::new();
    for start in [1_700_000_000, 1_800_000_000] {
        let clock = r2_sim::ManualClock::at_unix(start);
        let emulator = Emulator::builder().clock(std::sync::Arc::new(clock)).memory();
        let options = RecordOptions::new("steady").values(Values::Steady);
        let recorder = Recorder::new(emulator, options);
        send(&recorder, "PUT /photos").await;
        // What emulators number is not the same in the second one.
        for _ in 0..if start == 1_700_000_000 { 1 } else { 3 } {
            get(recorder.inner(), "/photos/none").await;
            send(recorder.inner(), "POST /photos/other?uploads").await;
        }
        get(&recorder, "/photos/none").await;
        let created = send(&recorder, "POST /photos/big?uploads").await;
        let created = created.into_body().collect(4096).await.unwrap();
        let text = String::from_utf8(created.to_vec()).unwrap();
        let id = text.split("<UploadId>").nth(1).unwrap().split('<').next().unwrap();
        let mut numbers = vec![1, 2, 3];
        if start == 1_800_000_000 {
            numbers.reverse();
        }
        for number in numbers {
            put(&recorder, &format!("/photos/big?partNumber={number}&uploadId={id}"), "x").await;
        }
        get(&recorder, &format!("/photos/big?uploadId={id}")).await;
        files.push(recorder.finish().unwrap());
    }
    let earlier = files.remove(0);
    let again = files.remove(0).with_latencies_of(&earlier);
    assert_eq!(again.to_json(), earlier.to_json());
    assert!(earlier.to_json().contains("uploadId=upload-1"));
}

#[tokio::test]
async fn a_file_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/life.json");
    let recorder = recorder("saved").await;
    put(&recorder, "/photos/a", "x").await;
    let saved = recorder.save(&path).unwrap();
    let loaded = Cassette::load(&path).unwrap();
    assert_eq!((loaded.to_json(), loaded.len()), (saved.to_json(), 1));
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    let error = Cassette::load(folder.path().join("none")).unwrap_err();
    assert_eq!(
        (error.kind(), error.path()),
        (r2_sim::ErrorKind::Io, Some(&*folder.path().join("none")))
    );
}

/// R2's tags of parts are random, and they come back in the completion.
#[tokio::test(start_paused = true)]
async fn random_tags_are_steady() {
    let mut files = Vec::new();
    for letter in ["x", "y"] {
        let tags = [letter.repeat(40), letter.repeat(50)];
        let mut mock = Mock::new().then(Canned::ok());
        for tag in &tags {
            mock = mock.once("UploadPart", Canned::ok().header("etag", &format!("\"{tag}\"")));
        }
        let options = RecordOptions::new("tags").values(Values::Steady).inline_bytes_max(10);
        let recorder = Recorder::new(mock, options);
        for number in [1, 2] {
            put(&recorder, &format!("/b/k?partNumber={number}&uploadId=u"), "x").await;
        }
        let body = format!("<Part>{}</Part><Part>{}</Part>", tags[0], tags[1]);
        recorder.send(request("POST /b/k?uploadId=u", &[], body)).await.unwrap();
        let cassette = recorder.finish().unwrap();
        assert_eq!(cassette.failures(), 0);
        files.push(cassette.to_json());
    }
    assert_eq!(files[0], files[1]);
    assert!(
        files[0].contains("<Part>part-1-tag-1</Part><Part>part-2-tag-1</Part>"),
        "{}",
        files[0]
    );
}
