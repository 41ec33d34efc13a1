//! An answer from what was recorded of it.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::{HeaderMap, Method, Response, StatusCode, header};
use r2_transport::{Body, BodyError, ErrorKind};
use tokio::time::Instant;

use crate::cassette::{Content, RecordedBody, Reply};

/// Contents that the cassette names by their SHA-256 only.
pub(super) type Contents = HashMap<String, Bytes>;

type Chunk = Result<Bytes, BodyError>;
type Chunks = Box<dyn Iterator<Item = Chunk> + Send>;

/// Bytes that are handed out in one chunk.
const CHUNK_BYTES: u64 = 64 << 10;

/// The response; or, of a body that nobody can make again, its length.
pub(super) fn response(
    reply: &Reply,
    method: &Method,
    rest: Duration,
    contents: &Contents,
) -> Result<Response<Body>, u64> {
    let body = body(&reply.body, rest, contents)?;
    // They were checked when the cassette was read.
    let mut headers = reply.headers.to_map().unwrap_or_default();
    announce(&mut headers, reply, method);
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// A server says how long its answer is, unless it has none by its nature.
fn announce(headers: &mut HeaderMap, reply: &Reply, method: &Method) {
    let has_none = matches!(reply.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if *method != Method::HEAD && !has_none && reply.body.is_whole {
        headers.insert(header::CONTENT_LENGTH, reply.body.length().into());
    }
}

fn body(recorded: &RecordedBody, rest: Duration, contents: &Contents) -> Result<Body, u64> {
    let length = recorded.length();
    let chunks: Chunks = match &recorded.content {
        Content::Bytes(bytes) => whole(bytes.clone()),
        Content::Digest { noise: Some((noise, offset)), .. }
        | Content::Noise { noise, offset, .. } => {
            Box::new(noise.chunks(*offset..offset + length).map(Ok))
        }
        Content::Digest { sha256, length, noise: None } => {
            whole(contents.get(sha256).ok_or(*length)?.clone())
        }
    };
    if !recorded.is_whole {
        let cut = || Err(BodyError::from_kind(ErrorKind::Reset));
        let chunks = chunks.chain(std::iter::once_with(cut));
        return Ok(Body::one_shot(stream::iter(chunks), None));
    }
    if rest.is_zero() {
        return Ok(Body::one_shot(stream::iter(chunks), Some(length)));
    }
    let (start, count) = (Instant::now(), length.div_ceil(CHUNK_BYTES).max(1));
    let timed = stream::iter(chunks.zip(1_u32..)).then(move |(chunk, number)| async move {
        let share = f64::from(number) / count as f64;
        tokio::time::sleep_until(start + rest.mul_f64(share.min(1.0))).await;
        chunk
    });
    Ok(Body::one_shot(timed, Some(length)))
}

fn whole(bytes: Bytes) -> Chunks {
    Box::new(std::iter::once(Ok(bytes)))
}
