//! The other end: an S3 of one object that costs as little as possible.
//!
//! It keeps nothing. Bodies of PUT are counted and compared with what they should be; GET gives as
//! much of the same as is asked for.

use super::run::{FILLING, TRANSFER_BYTES};
use bytes::Bytes;
use futures_util::stream;
use http::{Method, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt as _, Either, Full, StreamBody};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::error::Error;
use std::net::Ipv4Addr;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

const ETAG: &str = "\"0123456789abcdef0123456789abcdef\"";
const MODIFIED: &str = "Wed, 01 May 2024 12:30:22 GMT";
static BLOCK: [u8; 64 * 1024] = [FILLING; 64 * 1024];
static RECEIVED: AtomicU64 = AtomicU64::new(0);

type Body = Either<Full<Bytes>, StreamBody<stream::Iter<Blocks>>>;

/// Serves until its input ends, after it has printed its port.
#[tokio::main(flavor = "current_thread")]
pub async fn serve() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("{}", listener.local_addr()?.port());
    let mut input = tokio::io::stdin();
    let accept = async {
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let connection = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer));
            #[expect(clippy::disallowed_methods, reason = "a server: a task for each connection")]
            tokio::spawn(connection);
        }
    };
    tokio::select! {
        failed = accept => failed,
        _ = input.read_u8() => Ok(()),
    }
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default();
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let sum = head.headers.get("x-amz-checksum-crc64nvme").cloned();
    Ok(match head.method {
        Method::PUT => {
            RECEIVED.fetch_add(good_bytes(body).await, Ordering::Relaxed);
            let mut response = reply(StatusCode::OK, String::new());
            response.headers_mut().extend(
                sum.map(|sum| (header::HeaderName::from_static("x-amz-checksum-crc64nvme"), sum)),
            );
            response
        }
        Method::POST if has("uploads") => reply(
            StatusCode::OK,
            document("InitiateMultipartUploadResult", "<UploadId>an-upload</UploadId>"),
        ),
        Method::POST => {
            let _ = body.collect().await;
            let sum = sum.and_then(|sum| sum.to_str().ok().map(str::to_owned));
            let sum = sum.map_or(String::new(), |sum| {
                format!("<ChecksumCRC64NVME>{sum}</ChecksumCRC64NVME>")
            });
            let content = format!("<Location>x</Location><ETag>{ETAG}</ETag>{sum}");
            reply(StatusCode::OK, document("CompleteMultipartUploadResult", &content))
        }
        Method::DELETE => reply(StatusCode::NO_CONTENT, String::new()),
        Method::GET if head.uri.path() == "/received" => {
            reply(StatusCode::OK, RECEIVED.swap(0, Ordering::Relaxed).to_string())
        }
        _ => object(head.headers.get(header::RANGE)),
    })
}

/// How many bytes came, if all of them were good; otherwise none.
async fn good_bytes(mut body: Incoming) -> u64 {
    let mut bytes = 0;
    let mut is_good = true;
    while let Some(frame) = body.frame().await {
        let Ok(Ok(chunk)) = frame.map(Frame::into_data) else { return 0 };
        is_good &= chunk.iter().fold(true, |good, &byte| good & (byte == FILLING));
        bytes += chunk.len() as u64;
    }
    if is_good { bytes } else { 0 }
}

fn object(range: Option<&header::HeaderValue>) -> Response<Body> {
    let range =
        range.and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let range = range.map(|(first, last)| {
        let last = last.parse().unwrap_or(TRANSFER_BYTES - 1).min(TRANSFER_BYTES - 1);
        first.parse().unwrap_or(0)..last + 1
    });
    let (status, part) = match &range {
        Some(range) => (StatusCode::PARTIAL_CONTENT, range.clone()),
        None => (StatusCode::OK, 0..TRANSFER_BYTES),
    };
    let length = part.end.saturating_sub(part.start);
    let body = StreamBody::new(stream::iter(Blocks(part.clone())));
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, length)
        .header(header::ETAG, ETAG)
        .header(header::LAST_MODIFIED, MODIFIED)
        .header(header::ACCEPT_RANGES, "bytes");
    if range.is_some() {
        let text = format!("bytes {}-{}/{TRANSFER_BYTES}", part.start, part.end - 1);
        response = response.header(header::CONTENT_RANGE, text);
    }
    response.body(Either::Right(body)).expect("valid headers")
}

/// A range of the object in blocks, none of which is copied.
struct Blocks(Range<u64>);

impl Iterator for Blocks {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.0.end.saturating_sub(self.0.start);
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK.len());
        self.0.start += length as u64;
        (length > 0).then(|| Ok(Frame::data(Bytes::from_static(&BLOCK[..length]))))
    }
}

fn document(root: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{root} \
         xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>bucket</Bucket><Key>object</Key>\
         {content}</{root}>"
    )
}

fn reply(status: StatusCode, text: String) -> Response<Body> {
    Response::builder()
        .status(status)
        .header(header::ETAG, ETAG)
        .body(Either::Left(Full::new(text.into())))
        .expect("valid headers")
}
