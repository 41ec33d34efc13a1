//! A transport on a socket of this process.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};

use r2_transport::{ServeOptions, Transport, serve};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// What servers and children of all tests run on.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
        let built = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        built.expect("a runtime")
    });
    &RUNTIME
}

/// A server that stops when it is dropped, with all its connections.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(service: impl Transport) -> Self {
        let listener = runtime().block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let address = listener.local_addr().expect("an address");
        let service: Arc<dyn Transport> = Arc::new(service);
        let task = runtime().spawn(async move {
            let serving = serve(listener, service, ServeOptions::new(), std::future::pending());
            serving.await.expect("a listener that works");
        });
        Self { address, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of a server that is gone.
    pub(crate) fn stop(mut self) -> String {
        self.task.abort();
        let ended = runtime().block_on(&mut self.task);
        assert!(ended.is_err_and(|error| error.is_cancelled()), "the server ended by itself");
        self.url()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}
