//! Every bound of this crate, with its unit.

use std::time::Duration;

/// Connections a client holds open at most, idle ones included. R2's S3 host speaks HTTP/1.1, so
/// this is also the number of requests under way.
pub const CONNECTIONS_MAX: usize = 20;

/// How long a request waits for a free connection. It bounds the damage of a response body that
/// somebody holds without reading; pacing is the business of the caller's concurrency limit.
pub const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long resolving, connecting, a proxy's `CONNECT` and the TLS handshake may take together.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the head of the response may take once the request is written. Completing a large
/// multipart upload is the slowest honest answer.
pub const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a connection may move no byte while we wait to read or to write.
pub const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an unused connection is kept.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(90);

/// How old a connection may grow before it is no longer reused, so that a change of DNS is
/// followed and load spreads over addresses.
pub const CONNECTION_AGE_MAX: Duration = Duration::from_secs(300);

/// Delay after which the next address is tried beside one that has not answered (RFC 8305
/// recommends 250 ms).
pub const ADDRESS_STAGGER: Duration = Duration::from_millis(250);

/// Addresses of one host that are tried at most.
pub const ADDRESSES_MAX: usize = 16;

/// Origins (scheme, host, port) whose idle connections a client keeps apart.
pub const ORIGINS_MAX: usize = 64;

/// Size of a piece in which a body is read from a file or cut from memory, in bytes.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// Buffers that a file body keeps for reuse: one being filled, and those the socket still holds.
pub const SPARE_BUFFERS_MAX: usize = 4;

/// Bytes reserved at once on the word of a `Content-Length` when a body is collected.
pub const COLLECT_RESERVE_BYTES: usize = 1024 * 1024;

/// Size of the head of a response, in bytes: status line, headers and all interim responses before
/// it.
pub const RESPONSE_HEAD_BYTES_MAX: usize = 256 * 1024;

/// Header lines in a response. R2 allows 8,192 bytes of user metadata, each entry a header.
pub const RESPONSE_HEADERS_MAX: usize = 256;

/// Size of the rest of a response body that is read, if it is here already, to save the connection
/// of a body dropped before its end, in bytes.
pub const DRAIN_BYTES_MAX: u64 = 64 * 1024;

/// Size of a proxy's answer to `CONNECT`, in bytes.
pub const PROXY_HEAD_BYTES_MAX: usize = 16 * 1024;

/// Size of the head of a request that a server accepts, in bytes.
pub const REQUEST_HEAD_BYTES_MAX: usize = 64 * 1024;

/// Header lines in a request that a server accepts.
pub const REQUEST_HEADERS_MAX: usize = 256;

/// Size of a request body that a server accepts, in bytes: the 5 GiB that one S3 request may carry,
/// and room for the framing of signed chunks.
pub const REQUEST_BODY_BYTES_MAX: u64 = 6 * 1024 * 1024 * 1024;

/// Connections that a server holds at most; further ones wait in the listen queue.
pub const SERVER_CONNECTIONS_MAX: usize = 1024;

/// How long a server waits for a whole request head, from its first byte (or, on a new connection,
/// from the accept), and for the TLS handshake.
pub const HEAD_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a server keeps a connection between requests. Longer than [`IDLE_TIMEOUT`], so that
/// the client is the one who hangs up.
pub const SERVER_IDLE_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a server listens on after an answer that came before the whole request had, so that the
/// peer can read it.
pub const LINGER_TIMEOUT: Duration = Duration::from_secs(5);

/// Pause after a connection that could not be accepted.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How long a server lets exchanges finish once it is told to stop.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
