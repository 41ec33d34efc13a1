//! A TCP stream that counts what passes, and ends politely.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::Progress;

/// One TCP stream, below TLS if there is any, so that what it counts is what the wire carried.
pub(crate) struct Metered {
    stream: TcpStream,
    progress: Arc<Progress>,
    role: Role,
}

enum Role {
    /// With whether the peer still takes what we write.
    Client { deaf: bool },
    /// With whether the peer may still be sending what nobody will read.
    Server { unread: Arc<AtomicBool> },
}

impl Metered {
    /// The client's end of a stream.
    ///
    /// A server that refuses an upload answers, closes, and resets what is still being sent.
    /// Reported at once, the failed write would hide the answer which already lies in our receive
    /// buffer. So the write waits, and the read side goes on: it finds the answer, or the reset.
    pub(crate) fn client(stream: TcpStream, progress: Arc<Progress>) -> Self {
        Self { stream, progress, role: Role::Client { deaf: false } }
    }

    /// The server's end of a stream.
    ///
    /// A socket that is closed while unread data arrives resets the connection, and the peer may
    /// lose the answer it was about to read. While `unread` is set, closing therefore means: send
    /// our end, then read and discard until the peer sends its own. Whoever drives the connection
    /// bounds the time.
    pub(crate) fn server(
        stream: TcpStream,
        progress: Arc<Progress>,
        unread: Arc<AtomicBool>,
    ) -> Self {
        Self { stream, progress, role: Role::Server { unread } }
    }

    fn is_deaf(&self) -> bool {
        matches!(self.role, Role::Client { deaf: true })
    }

    fn note_write(
        &mut self,
        cx: &Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match (&outcome, &mut self.role) {
            (Poll::Ready(Ok(bytes)), _) => self.progress.note_written(*bytes),
            (Poll::Ready(Err(error)), Role::Client { deaf }) if hung_up(error) => {
                *deaf = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            (Poll::Ready(Err(_)), _) => {}
            (Poll::Pending, _) => self.progress.note_write_blocked(),
        }
        outcome
    }

    fn poll_discard(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buffer));
            if outcome.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

fn hung_up(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        self.progress.note_read(buffer.filled().len() - before);
        outcome
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_deaf() {
            self.progress.note_write_blocked();
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note_write(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_deaf() {
            self.progress.note_write_blocked();
            return Poll::Pending;
        }
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.note_write(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(cx))?;
        if let Role::Server { unread } = &self.role
            && unread.load(Ordering::Relaxed)
        {
            self.progress.note_lingering();
            ready!(self.poll_discard(cx));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::time::timeout;

    use super::*;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("bound");
        let (one, two) = tokio::join!(TcpStream::connect(address), listener.accept());
        (one.expect("connected"), two.expect("accepted").0)
    }

    #[tokio::test]
    async fn a_failed_write_does_not_hide_the_answer() {
        let (near, mut far) = pair().await;
        let progress = Arc::new(Progress::default());
        let mut metered = Metered::client(near, Arc::clone(&progress));
        metered.write_all(b"request").await.expect("taken");
        far.write_all(b"answer").await.expect("taken");
        // Closing with unread data resets the connection.
        drop(far);
        let upload = async {
            loop {
                metered.write_all(&[0; 4096]).await.expect("never an error");
            }
        };
        let outcome: Result<(), _> = timeout(Duration::from_millis(200), upload).await;
        assert!(outcome.is_err(), "the write waits");
        assert!(progress.write_blocked(), "and whoever watches can tell");
        let mut answer = [0; 6];
        metered.read_exact(&mut answer).await.expect("still there");
        assert_eq!(&answer, b"answer");
        let end = metered.read(&mut answer).await;
        assert!(matches!(end, Ok(0) | Err(_)), "then the end");
        assert_eq!(progress.read(), 6);
    }

    #[tokio::test]
    async fn a_server_listens_on_only_while_something_is_unread() {
        for unread in [true, false] {
            let (near, mut far) = pair().await;
            let flag = Arc::new(AtomicBool::new(unread));
            let progress = Arc::new(Progress::default());
            let mut metered = Metered::server(near, Arc::clone(&progress), flag);
            let mut shut = async || poll_fn(|cx| Pin::new(&mut metered).poll_shutdown(cx)).await;
            let early = timeout(Duration::from_millis(20), shut()).await;
            assert_eq!(early.is_err(), unread);
            assert_eq!(progress.lingering(), unread);
            if unread {
                far.write_all(&[0; 10_000]).await.expect("taken");
                far.shutdown().await.expect("closed");
                shut().await.expect("over");
            }
        }
    }
}
