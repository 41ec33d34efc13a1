//! A client from a configuration.

use r2_multipart::MultipartDefaults;
use r2_objects::{Client, Credentials};

use crate::World;

const TEXT: &str = r#"
[cloudflare_r2]
endpoint = "http://127.0.0.1:1"
timeout_seconds = 60

[cloudflare_r2.credentials]
source = "static"
access_key_id = "id"
secret_access_key = "${SECRET}"

[cloudflare_r2.multipart]
threshold_bytes = "64MiB"
part_size_bytes = 8388608
concurrency = 8

[cloudflare_r2.resilience]
retry = { max_attempts = 3, initial_backoff_ms = 10, max_backoff_ms = 50 }
circuit_breaker = { failure_threshold = 7, reset_timeout_seconds = 1.5 }
rate_limit = { requests_per_second = 100 }
"#;

#[test]
fn every_setting_of_the_section_reaches_the_client() {
    let config = World::new().project("r2.toml", TEXT).variable("SECRET", "hush").load().unwrap();
    let client = config.apply(Client::builder()).unwrap().build().unwrap();
    assert_eq!(client.endpoint().to_string(), "http://127.0.0.1:1");
    let defaults = MultipartDefaults::of(&client);
    assert_eq!(defaults.threshold_bytes, 64 << 20);
    assert_eq!(defaults.part_size.unwrap().bytes(), 8 << 20);
    assert_eq!(defaults.concurrency.get(), 8);
}

#[test]
fn what_nobody_says_stays_as_the_builder_had_it() {
    let config = World::new().load().unwrap();
    let builder = Client::builder()
        .endpoint("http://127.0.0.1:2")
        .credentials(Credentials::new("id", "secret"));
    let client = config.apply(builder).unwrap().build().unwrap();
    assert_eq!(client.endpoint().to_string(), "http://127.0.0.1:2");
    assert_eq!(MultipartDefaults::of(&client).part_size, None);
}

#[test]
fn half_a_key_pair_is_told_with_its_line() {
    let text = "[cloudflare_r2.credentials]\nsource = \"static\"\naccess_key_id = \"id\"\n";
    let world = World::new().project("r2.toml", text);
    let error = world.load().unwrap().apply(Client::builder()).unwrap_err().to_string();
    assert!(error.contains("r2.toml:2:10"), "{error}");
    assert!(error.contains("there is no secret_access_key"), "{error}");
}

#[test]
fn r2s_own_mistakes_are_found_when_the_client_is_built() {
    let text = "[cloudflare_r2]\naccount_id = \"0123456789abcdef0123456789abcdef\"\n\
                [cloudflare_r2.credentials]\naccess_key_id = \"short\"\n\
                secret_access_key = \"x\"\n";
    let config = World::new().project("r2.toml", text).load().unwrap();
    let error = config.apply(Client::builder()).unwrap().build().unwrap_err().to_string();
    assert!(error.contains("32"), "{error}");
}
