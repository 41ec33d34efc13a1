//! What is logged, and what never is. A test binary of its own: what is logged is decided for the
//! whole process.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use r2_objects::{Client, Credentials, Precondition, PutObject};
use r2_sim::{Emulator, Fault, Faulty, Plan};

/// Where the log goes.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn the_log_tells_what_happened_and_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let secrets = Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32));
    let server = Emulator::builder().credentials(secrets.clone()).memory();
    let plan = Plan::script([None, Some(Fault::InternalError), None]);
    let client = Client::builder()
        .endpoint("http://r2.local")
        .credentials(secrets.clone())
        .transport(Faulty::new(server, plan))
        .build()
        .unwrap();
    client.buckets().create("photos").await.unwrap();
    client.objects().put("photos", "a.txt", "hello").await.unwrap();
    let other = Precondition::unchanged(r2_objects::ETag::parse("other").unwrap());
    let put = PutObject::new("photos".try_into().unwrap(), "a.txt".try_into().unwrap(), "x")
        .condition(other);
    client.send(put).await.unwrap_err();
    client.buckets().delete("nowhere").await.unwrap_err();
    client.objects().put("nowhere", "a", "x").await.unwrap_err();

    let log = log.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let log = String::from_utf8(log).unwrap();
    let line = |text: &str| log.lines().rev().find(|line| line.contains(text)).unwrap_or(&log);
    let put = line("length=5");
    for field in ["PutObject", "bucket=\"photos\"", "key=\"a.txt\"", "attempt=2", "status=200"] {
        assert!(put.contains(field), "{field} in {put}");
    }
    assert!(put.contains("etag=") && put.contains("request_id="), "{put}");
    assert!(log.contains("DEBUG") && log.contains(" INFO"));
    assert!(line("not found").contains("WARN"), "{log}");
    assert!(line("failed").contains("ERROR"), "{log}");
    for secret in [secrets.secret_access_key(), "Signature=", "AWS4-HMAC"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
