//! The one trait: an asynchronous function from a request to a response.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Body, TransportError};

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Anything that turns an HTTP request into an HTTP response.
///
/// A status that is not 2xx is a response, not an error. The request carries an absolute URI where
/// a network is to be reached; an embedded implementation may look at the path and query only.
/// Header values and the raw path and query must be passed on exactly as they came, because
/// signatures depend on them.
///
/// # Cancel safety
///
/// Dropping the future gives the exchange up: an implementation leaves nothing running, and whether
/// the request took effect at the other side is then unknown.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// Sends one request and waits for the head of its response; the body follows as a stream.
    ///
    /// # Errors
    ///
    /// When there is no response. [`TransportError::may_have_applied`] tells whether the request
    /// may have been carried out all the same.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportError>> {
        (**self).send(request)
    }
}
