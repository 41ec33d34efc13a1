//! The metrics of a program that uses all crates, as Prometheus sees them.

#![expect(clippy::unwrap_used, reason = "tests: what cannot be set up fails the test")]

use std::collections::BTreeMap;

use http::{Method, Request, StatusCode};
use r2_backend::Prometheus;
use r2_multipart::{PartSize, TransferOptions, UploadOptions, upload};
use r2_objects::{
    Body, BreakerPolicy, BucketName, Client, Credentials, ObjectKey, PriceList, PutObject,
    StorageClass, Transport as _, describe_metrics,
};
use r2_sim::{Emulator, Fault, Faulty, Plan};

const PART: usize = 5 << 20;

fn client(faults: impl IntoIterator<Item = Option<Fault>>, breaker: BreakerPolicy) -> Client {
    let credentials = Credentials::new("fedcba9876543210fedcba9876543210", "ab".repeat(32));
    let server = Emulator::builder().credentials(credentials.clone()).memory();
    let client = Client::builder().endpoint("http://r2.local").credentials(credentials);
    let client = client.transport(Faulty::new(server, Plan::script(faults)));
    client.circuit_breaker(breaker).build().unwrap()
}

/// Series by name and labels.
fn series(text: &str) -> BTreeMap<&str, f64> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series, value.parse().unwrap())
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_metric_has_its_name_its_labels_and_a_help() {
    let prometheus = Prometheus::new();
    let _guard = metrics::set_default_local_recorder(&prometheus);
    describe_metrics();
    let client = client([None, Some(Fault::InternalError)], BreakerPolicy::new());
    let (bucket, key) =
        (BucketName::new("photos").unwrap(), ObjectKey::new("secret-name").unwrap());
    client.buckets().create(&bucket).await.unwrap();
    client.objects().put(&bucket, &key, "hello").await.unwrap();
    client.objects().get(&bucket, &key).await.unwrap();
    client.objects().get(&bucket, "none").await.unwrap_err();
    client.objects().delete(&bucket, &key).await.unwrap();
    let parts = TransferOptions::new().part_size(PartSize::new(PART as u64).unwrap());
    let options = UploadOptions::new().transfer(parts).threshold_bytes(1);
    upload(&client, &bucket, &key, vec![7_u8; PART + 1], options).await.unwrap();

    let text = prometheus.render();
    let series = series(&text);
    for (name, value) in [
        (r#"r2_requests_total{bucket="photos",operation="PutObject",status="500"}"#, 1),
        (r#"r2_requests_total{bucket="photos",operation="PutObject",status="200"}"#, 1),
        (r#"r2_requests_total{bucket="photos",operation="UploadPart",status="200"}"#, 2),
        (r#"r2_request_duration_seconds_count{bucket="photos",operation="PutObject"}"#, 2),
        (r#"r2_errors_total{bucket="photos",kind="no_such_key",operation="GetObject"}"#, 1),
        (r#"r2_retries_total{reason="server"}"#, 1),
        (r#"r2_multipart_parts_total{bucket="photos",direction="upload",how="sent"}"#, 2),
        (r#"r2_billable_operations_total{class="A"}"#, 7),
        (r#"r2_billable_operations_total{class="B"}"#, 2),
        (r#"r2_billable_operations_total{class="free"}"#, 1),
        ("r2_requests_in_flight", 0),
        ("r2_metrics_dropped_total", 0),
    ] {
        let found = series.get(name).copied();
        assert_eq!(found, Some(f64::from(u32::try_from(value).unwrap())), "{name} in\n{text}");
    }
    for (direction, operation, bytes) in
        [("download", "GetObject", 5), ("upload", "UploadPart", PART + 1)]
    {
        let labels = format!(r#"bucket="photos",direction="{direction}",operation="{operation}""#);
        let found = series.get(format!("r2_bytes_transferred_total{{{labels}}}").as_str()).copied();
        assert_eq!(found, Some(f64::from(u32::try_from(bytes).unwrap())), "{text}");
    }
    for name in series.keys() {
        let name = name.split('{').next().unwrap();
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
        let help = format!("# HELP {} ", family.unwrap_or(name));
        assert!(text.contains(&help), "{name} says what it is");
        let page = include_str!("../../../docs/metrics.md");
        assert!(page.contains(&format!("| `{}", family.unwrap_or(name))), "{name} is on the page");
    }
    assert!(!text.contains("secret-name"), "a key is never a label");
}

#[tokio::test(start_paused = true)]
async fn the_price_is_that_of_the_usage() {
    let prometheus = Prometheus::new();
    let _guard = metrics::set_default_local_recorder(&prometheus);
    // a reply that is lost may have been billed
    let client = client([None, None, Some(Fault::LostReply)], BreakerPolicy::new());
    let (bucket, key) = (BucketName::new("photos").unwrap(), ObjectKey::new("a").unwrap());
    client.buckets().create(&bucket).await.unwrap();
    let put = PutObject::new(bucket.clone(), key.clone(), vec![1_u8; 100_000]);
    client.send(put.storage_class(StorageClass::InfrequentAccess)).await.unwrap();
    client.objects().put(&bucket, "b", "standard").await.unwrap();
    client.objects().get(&bucket, &key).await.unwrap();
    let usage = client.usage();
    assert_eq!((usage.retrieved_bytes, usage.infrequent_class_b), (100_000, 1));
    let text = prometheus.render();
    let dollars = series(&text)["r2_cost_dollars"];
    let price = format!("${dollars:.12}");
    let price = price.trim_end_matches('0');
    assert_eq!(price, usage.price(&PriceList::r2()).to_string(), "{usage:?}");
}

#[tokio::test(start_paused = true)]
async fn an_open_circuit_is_seen() {
    let prometheus = Prometheus::new();
    let _guard = metrics::set_default_local_recorder(&prometheus);
    let broken = std::iter::repeat_n(Some(Fault::InternalError), 10);
    let client = client(broken, BreakerPolicy::new().failures(2));
    for _ in 0..3 {
        client.buckets().create("photos").await.unwrap_err();
    }
    let text = prometheus.render();
    assert_eq!(series(&text).get("r2_circuit_state"), Some(&2.0), "{text}");
}

#[tokio::test]
async fn the_page_is_for_reading() {
    let page = Prometheus::new().page();
    let ask = async |method: Method, path: &str| {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = page.send(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.into_body().collect(1 << 20).await.unwrap())
    };
    let (status, headers, body) = ask(Method::GET, "http://127.0.0.1:9100/metrics").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[http::header::CONTENT_TYPE], "text/plain; version=0.0.4; charset=utf-8");
    assert!(body.starts_with(b"# HELP"));
    assert!(ask(Method::HEAD, "/metrics").await.2.is_empty());
    assert_eq!(ask(Method::POST, "/metrics").await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(ask(Method::GET, "/").await.0, StatusCode::NOT_FOUND);
}
