//! The same over sockets: real bodies, real connections, a stream that is dropped half-way.

use std::sync::Arc;

use r2_multipart::{CopyOptions, DownloadOptions, Sink, Source, copy, download, upload};
use r2_objects::{BucketName, ChecksumAlgorithm, ChecksumPolicy, Client, ObjectKey, Verdict};
use r2_sim::Emulator;
use r2_transport::{ServeOptions, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::world::{PART, content, in_parts, small_parts};

#[tokio::test]
async fn up_sideways_and_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, Arc::new(Emulator::memory()), ServeOptions::new(), async {
        stopped.await.ok();
    });
    let transfers = async {
        let client = Client::builder().endpoint(format!("http://{address}")).anonymous();
        let client = client.checksum(ChecksumPolicy::Crc64Nvme).build().unwrap();
        client.buckets().create("bucket").await.unwrap();
        let (bucket, key) = (BucketName::new("bucket").unwrap(), ObjectKey::new("a b").unwrap());
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        let content = content(3 * PART + 1);
        std::fs::write(&from, &content).unwrap();
        for options in [in_parts(), in_parts().threshold_bytes(1 << 30)] {
            upload(&client, &bucket, &key, Source::file(&from), options).await.unwrap();
            let options = DownloadOptions::new().transfer(small_parts());
            let downloaded =
                download(&client, &bucket, &key, Sink::file(&to), options).await.unwrap();
            assert_eq!(downloaded.parts, 4);
            assert_eq!(downloaded.verdict, Verdict::Verified(ChecksumAlgorithm::Crc64Nvme));
            assert!(std::fs::read(&to).unwrap() == content);
        }
        let other = ObjectKey::new("c").unwrap();
        let options = CopyOptions::new().transfer(small_parts()).threshold_bytes(PART as u64);
        copy(&client, (&bucket, &key), (&bucket, &other), options).await.unwrap();
        let sink = Sink::memory(content.len());
        let copied = download(&client, &bucket, &other, sink, DownloadOptions::new()).await;
        assert!(copied.unwrap().content == content);
        drop(client);
        drop(stop);
    };
    let (served, ()) = tokio::join!(server, transfers);
    served.unwrap();
}
