//! Downloads an object.

use r2_objects::{BucketName, Client, ObjectKey};
use tracing::Instrument as _;

use super::driver::Driver;
use super::job::Job;
use super::options::DownloadOptions;
use super::outcome::Downloaded;
use super::sink::Sink;
use super::target::Target;
use crate::error::Error;
use crate::place::Place;
use crate::transfer::{Interrupt, Meter, MultipartDefaults};

/// Downloads an object into a file, a writer or memory: one request for an object of one part,
/// ranges side by side for larger ones, all pinned to one content by `If-Match`.
///
/// A file is written in place beside its name and gets it when it is whole and verified. A
/// download into a file that was interrupted, in whatever way, goes on where it stopped when it is
/// called again; finished parts are read back and compared with the journal, and not fetched
/// again.
///
/// ```
/// # use r2_objects::Client;
/// use r2_multipart::{DownloadOptions, Sink, download};
/// use r2_objects::{BucketName, ObjectKey, Verdict};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// # client.objects().put("photos", "a.txt", "hello").await?;
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().join("a.txt");
/// let (bucket, key) = (BucketName::new("photos")?, ObjectKey::new("a.txt")?);
/// let options = DownloadOptions::new();
/// let downloaded = download(&client, &bucket, &key, Sink::file(&path), options).await?;
/// assert_eq!(downloaded.bytes, 5);
/// assert!(matches!(downloaded.verdict, Verdict::Verified(_)));
/// assert_eq!(std::fs::read(&path)?, b"hello");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`Error::kind`] says what failed. [`Error::is_suspended`] says whether the parts that are
/// finished were kept to go on with. When the checksum differs nothing is kept.
///
/// # Cancel safety
///
/// Dropping the future leaves nothing running but a write of the file that has begun, and the
/// unfinished file with its journal, with which the next call goes on. A writer has got some of
/// the bytes, in order.
pub async fn download(
    client: &Client,
    bucket: &BucketName,
    key: &ObjectKey,
    sink: Sink,
    mut options: DownloadOptions,
) -> Result<Downloaded, Error> {
    options.transfer = options.transfer.or(&MultipartDefaults::of(client));
    let place = Place { client, bucket, key, deadline: options.transfer.deadline };
    let span = tracing::debug_span!("download", %bucket, %key);
    Interrupt::check(&options.transfer).map_err(|error| error.at(place))?;
    let meter = Meter::new(options.transfer.progress.clone());
    async move {
        let job = Job { place, options: &options, meter };
        let result = Driver::new(&job, Target::new(sink.0)).run().await;
        match &result {
            Ok(downloaded) => tracing::info!(
                bytes = downloaded.bytes,
                parts = downloaded.parts,
                resumed = downloaded.parts_resumed,
                verdict = ?downloaded.verdict,
                "downloaded"
            ),
            Err(error) => tracing::debug!(%error, "the download failed"),
        }
        result
    }
    .instrument(span)
    .await
}
