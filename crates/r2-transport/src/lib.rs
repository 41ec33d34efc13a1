//! From an HTTP request to an HTTP response: one trait, a pooled HTTP/1.1 client, a server.
//!
//! [`Transport`] is the waist of the toolkit. Everything that turns a request into a response is
//! one: the pooled [`HttpClient`] here, and elsewhere the emulator, recorders, replayers, fault
//! injectors and gateways. They nest freely, and [`serve`] puts any of them on a socket.
//!
//! What this crate must not know: S3, signatures, XML, retry. A status that is not 2xx is a
//! response, and the only request sent twice is one that never left this process.
//!
//! ```
//! use std::sync::Arc;
//! use r2_transport::{Body, BoxFuture, HttpClient, ServeOptions, Transport, TransportError, serve};
//!
//! #[derive(Debug)]
//! struct Hello;
//!
//! impl Transport for Hello {
//!     fn send(
//!         &self,
//!         request: http::Request<Body>,
//!     ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
//!         let text = format!("hello {}", request.uri().path());
//!         Box::pin(async move { Ok(http::Response::new(Body::from(text))) })
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = listener.local_addr()?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let server = serve(listener, Arc::new(Hello), ServeOptions::new(), async {
//!     stopped.await.ok();
//! });
//!
//! let client = HttpClient::builder().build()?;
//! let talk = async {
//!     let request = http::Request::get(format!("http://{address}/r2")).body(Body::empty())?;
//!     let response = client.send(request).await?;
//!     assert_eq!(response.status(), 200);
//!     assert_eq!(response.into_body().collect(1024).await?, "hello /r2");
//!     drop(stop);
//!     Ok::<_, Box<dyn std::error::Error>>(())
//! };
//! let (served, talked) = tokio::join!(server, talk);
//! served?;
//! talked
//! # }
//! ```

mod body;
mod client;
mod clock;
mod deadline;
mod error;
pub mod limits;
mod server;
mod transport;
mod wire;

pub use body::Body;
pub use client::{HttpClient, HttpClientBuilder, PoolStats, Proxy};
pub use clock::{Clock, SystemClock};
pub use deadline::Deadline;
pub use error::{BodyError, BoxError, ErrorKind, TransportError};
pub use server::{Peer, ServeOptions, serve};
pub use transport::{BoxFuture, Transport};
