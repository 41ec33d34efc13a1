//! Laws of bodies: the same bytes every time, the length they announce, no empty chunk, no copy.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use proptest::prelude::*;

use super::Body;
use crate::{BodyError, ErrorKind, limits};

type Chunk = Result<Bytes, std::io::Error>;

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test)
}

fn chunks(data: &[u8], size: usize) -> Vec<Chunk> {
    data.chunks(size.max(1)).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect()
}

/// One body of each kind with the same content, and whether it can start again.
fn every_kind(data: &[u8], size: usize) -> Vec<(&'static str, Body, bool)> {
    let length = Some(data.len() as u64);
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(b"before").and_then(|()| file.write_all(data)).expect("written");
    file.write_all(b"after").expect("written");
    let range = 6..6 + data.len() as u64;
    let again = data.to_vec();
    vec![
        ("memory", Body::from(data.to_vec()), true),
        ("file", Body::file(Arc::new(file), range), true),
        ("stream", Body::one_shot(stream::iter(chunks(data, size)), length), false),
        ("unknown length", Body::one_shot(stream::iter(chunks(data, size)), None), data.is_empty()),
        (
            "restartable",
            Body::restartable(move || Body::one_shot(stream::iter(chunks(&again, size)), length)),
            true,
        ),
    ]
}

/// Reads a body chunk by chunk and checks the length it announces at every step.
async fn read(mut body: Body) -> Result<Vec<u8>, BodyError> {
    let mut whole = Vec::new();
    let mut announced = body.length();
    while let Some(chunk) = body.next_chunk().await {
        let chunk = chunk?;
        assert!(!chunk.is_empty());
        announced = announced.map(|length| length - chunk.len() as u64);
        assert_eq!(body.length().filter(|_| announced.is_some()), announced);
        whole.extend_from_slice(&chunk);
    }
    assert_eq!(announced.unwrap_or(0), 0);
    assert_eq!(body.length(), Some(0));
    assert!(body.next_chunk().await.is_none(), "the end stays the end");
    Ok(whole)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_start_gives_the_same_bytes(
        data in proptest::collection::vec(any::<u8>(), 0..2000),
        size in 1_usize..700,
        stop_after in 0_usize..3,
    ) {
        run(async {
            for (kind, mut body, restarts) in every_kind(&data, size) {
                if kind != "unknown length" {
                    assert_eq!(body.length(), Some(data.len() as u64), "{kind}");
                    assert_eq!(body.can_restart(), restarts, "{kind}");
                }
                for _ in 0..stop_after {
                    body.next_chunk().await.transpose().expect("good so far");
                }
                let again = body.restart();
                assert_eq!(again.is_some(), body.can_restart(), "{kind}");
                if let Some(again) = again {
                    assert_eq!(again.length(), Some(data.len() as u64), "{kind}");
                    assert!(read(again).await.expect("whole") == data, "{kind}");
                } else if stop_after == 0 {
                    assert!(read(body).await.expect("whole") == data, "{kind}");
                }
            }
        });
    }

    #[test]
    fn collect_keeps_its_limit(
        data in proptest::collection::vec(any::<u8>(), 0..2000),
        size in 1_usize..700,
        limit in 0_usize..2500,
    ) {
        run(async {
            for (kind, body, _) in every_kind(&data, size) {
                match body.collect(limit).await {
                    Ok(whole) => assert!(whole == data && data.len() <= limit, "{kind}"),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::TooLarge, "{kind}");
                        assert!(data.len() > limit, "{kind}");
                    }
                }
            }
        });
    }

    #[test]
    fn a_stream_is_held_to_its_length(
        given in 0_u64..60,
        announced in 0_u64..60,
        size in 1_usize..20,
    ) {
        run(async {
            let data = vec![7; usize::try_from(given).expect("small")];
            let mut body = Body::one_shot(stream::iter(chunks(&data, size)), Some(announced));
            let mut passed = 0;
            let end = loop {
                match body.next_chunk().await {
                    Some(Ok(chunk)) => passed += chunk.len() as u64,
                    Some(Err(error)) => break Some(error.kind()),
                    None => break None,
                }
            };
            if given == announced {
                assert_eq!((end, passed), (None, given));
            } else {
                let Some(ErrorKind::Length { expected, got }) = end else {
                    panic!("{given} for {announced}: {end:?}");
                };
                assert_eq!(expected, announced);
                assert_eq!(got > announced, given > announced);
                assert!(passed < announced.max(1), "the reader must not believe it has everything");
            }
        });
    }
}

#[tokio::test]
async fn memory_and_single_chunks_are_not_copied() {
    let data = Bytes::from(vec![1; 3 * limits::CHUNK_BYTES]);
    let whole = Body::from(data.clone()).collect(usize::MAX).await.expect("whole");
    assert_eq!(whole.as_ptr(), data.as_ptr());
    let mut body = Body::from(data.clone());
    let chunk = body.next_chunk().await.expect("a chunk").expect("good");
    assert_eq!((chunk.as_ptr(), chunk.len()), (data.as_ptr(), data.len()));
    let again = data.clone();
    let remade = Body::restartable(move || Body::from(again.clone()));
    for body in [Body::from(data.clone()), remade] {
        let mut counted = body.on_chunk(|_| {});
        let chunk = counted.next_chunk().await.expect("a chunk").expect("good");
        assert_eq!((chunk.as_ptr(), chunk.len()), (data.as_ptr(), limits::CHUNK_BYTES));
    }
    let one = Body::one_shot(stream::iter([Chunk::Ok(data.clone())]), None);
    assert_eq!(one.collect(usize::MAX).await.expect("whole").as_ptr(), data.as_ptr());
}

#[tokio::test]
async fn a_large_file_comes_in_pieces_and_a_shrinking_one_is_an_error() {
    let data: Vec<u8> = (0..=250).cycle().take(3 * limits::CHUNK_BYTES + 17).collect();
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(&data).expect("written");
    let handle = Arc::new(file.reopen().expect("a second handle"));
    let length = data.len() as u64;
    let body = Body::file(Arc::clone(&handle), 0..length);
    assert!(read(body).await.expect("whole") == data);

    let mut body = Body::file(Arc::clone(&handle), 0..length);
    body.next_chunk().await.expect("a chunk").expect("good");
    file.as_file().set_len(limits::CHUNK_BYTES as u64 + 5).expect("cut");
    let error = loop {
        match body.next_chunk().await.expect("no silent end") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    let ErrorKind::Length { expected, got } = error.kind() else { panic!("{error:?}") };
    assert!(expected == length && got < length);
    assert!(body.next_chunk().await.is_none());

    let (from, to) = (9, 4);
    assert_eq!(Body::file(handle, from..to).length(), Some(0), "a backward range is empty");
}

#[tokio::test]
async fn an_error_of_the_source_keeps_its_kind_and_ends_the_body() {
    let bad =
        || stream::iter([Ok(Bytes::from("x")), Err(BodyError::from_kind(ErrorKind::Stalled))]);
    let mut body = Body::one_shot(bad(), None);
    assert!(body.next_chunk().await.expect("first").is_ok());
    let error = body.next_chunk().await.expect("second").expect_err("as given");
    assert_eq!(error.kind(), ErrorKind::Stalled);
    assert!(body.next_chunk().await.is_none());

    let other = stream::iter([Chunk::Err(std::io::Error::other("disk on fire"))]);
    let error = Body::one_shot(other, None).collect(9).await.expect_err("as given");
    assert_eq!(error.kind(), ErrorKind::Body);
    let cause = std::error::Error::source(&error).expect("the cause");
    assert_eq!(cause.to_string(), "disk on fire");
}

#[tokio::test]
async fn empty_chunks_are_left_out_and_the_last_byte_waits_for_the_end() {
    let odd = ["", "a", "", "b", ""].map(|text| Chunk::Ok(Bytes::from(text)));
    let body = Body::one_shot(stream::iter(odd), Some(2));
    assert_eq!(read(body).await.expect("whole"), b"ab");

    let never_ends = stream::iter([Chunk::Ok(Bytes::from("ab"))]).chain(stream::pending());
    let mut body = Body::one_shot(never_ends, Some(2));
    assert!(body.next_chunk().now_or_never().is_none());
    assert_eq!(body.length(), Some(2), "what is held back is still to come");
}

#[tokio::test]
async fn callbacks_add_up_and_stay_with_their_body() {
    let counts = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let add = |count: &Arc<AtomicUsize>| {
        let count = Arc::clone(count);
        move |bytes| {
            count.fetch_add(bytes, Ordering::Relaxed);
        }
    };
    let body = Body::from("12345").on_chunk(add(&counts[0])).on_chunk(add(&counts[1]));
    let again = body.restart().expect("memory");
    again.collect(9).await.expect("whole");
    assert_eq!(counts[0].load(Ordering::Relaxed), 0);
    body.collect(9).await.expect("whole");
    assert_eq!(counts.map(|count| count.load(Ordering::Relaxed)), [5, 5]);
}

#[test]
fn bodies_and_messages_can_be_shared_between_threads() {
    fn check<T: Send + Sync + Unpin + 'static>() {}
    check::<Body>();
    check::<http::Request<Body>>();
    check::<BodyError>();
    check::<crate::TransportError>();
    check::<crate::HttpClient>();
    assert!(size_of::<Body>() <= 96, "{} bytes", size_of::<Body>());
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?}", Body::from("secret"));
    assert!(shown.contains("Some(6)") && !shown.contains("secret"), "{shown}");
}
