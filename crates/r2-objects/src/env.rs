//! The environment: the one place of this crate that reads it.

use std::fs;

use r2_sign::Credentials;
use r2_transport::Proxy;

use crate::client::{Client, ClientBuilder};
use crate::endpoint::{Endpoint, Jurisdiction};
use crate::error::{Error, ErrorKind};

/// A CA bundle larger than this is not one.
const CA_FILE_BYTES_MAX: u64 = 4 << 20;

/// Where variables are looked up; tests bring their own.
pub(crate) trait Environment {
    fn var(&self, name: &str) -> Option<String>;
}

/// The process's own.
pub(crate) struct Process;

impl Environment for Process {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
    fn var(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// A client by the environment alone.
pub(crate) fn client(env: &impl Environment) -> Result<Client, Error> {
    let builder = builder(env)?;
    if !builder.has_place() {
        return Err(config(
            "no endpoint in the environment: set R2_ACCOUNT_ID, or R2_ENDPOINT, or \
             AWS_ENDPOINT_URL_S3"
                .to_owned(),
        ));
    }
    if !builder.has_credentials() {
        return Err(config(
            "no key in the environment: set R2_ACCESS_KEY_ID and R2_SECRET_ACCESS_KEY, or \
             AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                .to_owned(),
        ));
    }
    builder.build()
}

/// A builder with what the environment says; [`ClientBuilder::from_env`] has the table.
pub(crate) fn builder(env: &impl Environment) -> Result<ClientBuilder, Error> {
    let env = Reader(env);
    let mut builder = Client::builder();
    let url = match env.get("R2_ENDPOINT") {
        None if env.get("R2_ACCOUNT_ID").is_some() => None,
        None => env.first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]).map(|(_, url)| url),
        url => url,
    };
    // what is wrong with an endpoint is told when the client is built
    let endpoint = url.as_ref().and_then(|url| Endpoint::parse(url).ok());
    // AWS's variables often name a region of AWS, which R2 does not have
    let is_r2 = url.is_none() || endpoint.as_ref().is_some_and(Endpoint::is_r2);
    let regions = ["R2_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"];
    if let Some((_, region)) = env.first(if is_r2 { &regions[..1] } else { &regions }) {
        builder = builder.region(region);
    }
    let account = env.first(&["R2_ACCOUNT_ID", "CLOUDFLARE_ACCOUNT_ID"]);
    if let Some(url) = url {
        builder = builder.endpoint(url);
    } else if let Some((_, account_id)) = account {
        builder = builder.account_id(account_id);
    }
    if let Some(name) = env.get("R2_JURISDICTION") {
        builder = builder.jurisdiction(Jurisdiction::parse(&name)?);
    }
    if let Some(credentials) = env.credentials()? {
        builder = builder.credentials(credentials);
    }
    let proxy = env.proxy(endpoint.as_ref())?;
    let roots = env.roots()?;
    Ok(builder.http(|mut http| {
        if let Some(pem) = roots {
            http = http.add_root_pem(pem);
        }
        http.proxy(proxy)
    }))
}

struct Reader<'a, E>(&'a E);

impl<E: Environment> Reader<'_, E> {
    /// A mounted secret often ends with a line break: blanks around a value are never meant.
    fn get(&self, name: &str) -> Option<String> {
        let value = self.0.var(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    fn first<'n>(&self, names: &[&'n str]) -> Option<(&'n str, String)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    /// A pair is taken whole from one family of names.
    fn credentials(&self) -> Result<Option<Credentials>, Error> {
        for family in ["R2", "AWS"] {
            let id_name = format!("{family}_ACCESS_KEY_ID");
            let secret_name = format!("{family}_SECRET_ACCESS_KEY");
            let credentials = match (self.get(&id_name), self.get(&secret_name)) {
                (Some(id), Some(secret)) => Credentials::new(id, secret),
                (Some(_), None) => return Err(half(&id_name, &secret_name)),
                (None, Some(_)) => return Err(half(&secret_name, &id_name)),
                (None, None) => continue,
            };
            return Ok(Some(match self.get(&format!("{family}_SESSION_TOKEN")) {
                Some(token) => credentials.with_session_token(token),
                None => credentials,
            }));
        }
        Ok(None)
    }

    /// By the endpoint's scheme; none for what lies on this machine.
    fn proxy(&self, endpoint: Option<&Endpoint>) -> Result<Option<Proxy>, Error> {
        if endpoint.is_some_and(Endpoint::is_loopback) {
            return Ok(None);
        }
        let names = if endpoint.is_none_or(Endpoint::is_tls) {
            ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        } else {
            ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
        };
        let Some((name, address)) = self.first(&names) else { return Ok(None) };
        let proxy = Proxy::new(&address).map_err(|error| {
            config(format!("{name} is not the address of an http proxy")).with_source(error)
        })?;
        Ok(Some(match self.first(&["no_proxy", "NO_PROXY"]) {
            Some((_, list)) => proxy.no_proxy(&list),
            None => proxy,
        }))
    }

    fn roots(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some((name, path)) = self.first(&["AWS_CA_BUNDLE", "SSL_CERT_FILE"]) else {
            return Ok(None);
        };
        let unreadable = |error: std::io::Error| {
            config(format!("{name} names {path:?}, which cannot be read")).with_source(error)
        };
        let length = fs::metadata(&path).map_err(unreadable)?.len();
        if length > CA_FILE_BYTES_MAX {
            return Err(config(format!("{name} names {path:?}, which is too large for a CA file")));
        }
        fs::read(&path).map(Some).map_err(unreadable)
    }
}

fn half(set: &str, missing: &str) -> Error {
    config(format!("{set} is set but {missing} is not: set both"))
}

fn config(message: String) -> Error {
    Error::new(ErrorKind::InvalidConfiguration, message)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const ACCOUNT: &str = "0123456789abcdef0123456789abcdef";
    const ID: &str = "fedcba9876543210fedcba9876543210";
    const SECRET: &str = "abababababababababababababababababababababababababababababababab";

    impl Environment for HashMap<&'static str, String> {
        fn var(&self, name: &str) -> Option<String> {
            self.get(name).cloned()
        }
    }

    fn client(vars: &[(&'static str, &str)]) -> Result<Client, Error> {
        let vars: HashMap<_, _> =
            vars.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        super::client(&vars)
    }

    fn message(vars: &[(&'static str, &str)]) -> String {
        client(vars).unwrap_err().to_string()
    }

    fn endpoint(vars: &[(&'static str, &str)]) -> String {
        let keys = [("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)];
        client(&[vars, &keys].concat()).unwrap().endpoint().to_string()
    }

    #[test]
    fn r2s_names_go_before_those_of_aws() {
        let r2 = format!("https://{ACCOUNT}.r2.cloudflarestorage.com");
        let eu = format!("https://{ACCOUNT}.eu.r2.cloudflarestorage.com");
        let aws = ("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
        assert_eq!(endpoint(&[("R2_ACCOUNT_ID", ACCOUNT), aws]), r2);
        assert_eq!(endpoint(&[("CLOUDFLARE_ACCOUNT_ID", ACCOUNT), aws]), "http://127.0.0.1:1");
        assert_eq!(endpoint(&[("CLOUDFLARE_ACCOUNT_ID", ACCOUNT)]), r2);
        assert_eq!(endpoint(&[("R2_ENDPOINT", &eu), ("R2_ACCOUNT_ID", ACCOUNT), aws]), eu);
        assert_eq!(endpoint(&[("R2_ACCOUNT_ID", ACCOUNT), ("R2_JURISDICTION", "eu")]), eu);
        assert_eq!(endpoint(&[("AWS_ENDPOINT_URL", "http://[::1]:2"), aws]), "http://127.0.0.1:1");
        assert_eq!(endpoint(&[("AWS_ENDPOINT_URL", "http://[::1]:2")]), "http://[::1]:2");
    }

    #[test]
    fn a_region_of_aws_is_not_r2s() {
        let region = |vars: &[(&'static str, &str)]| {
            let keys = [("R2_ACCESS_KEY_ID", ID), ("R2_SECRET_ACCESS_KEY", SECRET)];
            client(&[vars, &keys].concat()).unwrap().inner.signer.region().to_owned()
        };
        let aws = ("AWS_REGION", "eu-west-1");
        assert_eq!(region(&[("R2_ACCOUNT_ID", ACCOUNT), aws]), "auto");
        assert_eq!(region(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1"), aws]), "eu-west-1");
        assert_eq!(region(&[("R2_ENDPOINT", "http://127.0.0.1:1"), ("R2_REGION", "x"), aws]), "x");
    }

    #[test]
    fn a_half_pair_names_the_other_half() {
        let account = ("R2_ACCOUNT_ID", ACCOUNT);
        for (set, missing) in [
            ("R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY"),
            ("R2_SECRET_ACCESS_KEY", "R2_ACCESS_KEY_ID"),
            ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ] {
            let text = message(&[account, (set, SECRET)]);
            assert_eq!(text, format!("{set} is set but {missing} is not: set both"));
            assert!(!text.contains(SECRET));
        }
        // a whole pair of AWS does not fill the gap
        let aws = [("AWS_ACCESS_KEY_ID", ID), ("AWS_SECRET_ACCESS_KEY", SECRET)];
        assert!(
            message(&[&[account, ("R2_ACCESS_KEY_ID", ID)][..], &aws].concat()).contains("R2_S")
        );
        assert!(message(&[account]).contains("R2_ACCESS_KEY_ID"));
        assert!(message(&aws).contains("R2_ACCOUNT_ID"));
    }

    #[test]
    fn a_proxy_is_chosen_by_scheme_and_never_for_this_machine() {
        let built = |endpoint, proxy| {
            client(&[
                ("R2_ENDPOINT", endpoint),
                ("AWS_ACCESS_KEY_ID", ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET),
                (proxy, ":::"),
            ])
        };
        assert!(built("https://s3.example", "HTTP_PROXY").is_ok());
        assert!(built("https://s3.example", "HTTPS_PROXY").is_err());
        assert!(built("http://s3.example", "HTTPS_PROXY").is_ok());
        assert!(built("http://s3.example", "http_proxy").is_err());
        assert!(built("http://127.0.0.1:1", "all_proxy").is_ok());
    }

    #[test]
    fn what_is_missing_may_come_from_elsewhere() {
        let none: HashMap<&'static str, String> = HashMap::new();
        let builder = builder(&none).unwrap().endpoint("http://127.0.0.1:1");
        assert!(builder.credentials(Credentials::new("a", "b")).build().is_ok());
    }

    #[test]
    fn blanks_around_a_value_and_empty_values_do_not_count() {
        let client = client(&[
            ("R2_ACCOUNT_ID", &format!("{ACCOUNT}\n")),
            ("R2_ACCESS_KEY_ID", &format!(" {ID}")),
            ("R2_SECRET_ACCESS_KEY", &format!("{SECRET}\n")),
            ("R2_ENDPOINT", ""),
            ("R2_SESSION_TOKEN", "  "),
        ]);
        assert_eq!(client.unwrap().endpoint().account_id(), Some(ACCOUNT));
    }

    #[test]
    fn files_and_proxies_that_cannot_be_used_are_named() {
        let set = |name, value| {
            message(&[
                ("R2_ACCOUNT_ID", ACCOUNT),
                ("R2_ACCESS_KEY_ID", ID),
                ("R2_SECRET_ACCESS_KEY", SECRET),
                (name, value),
            ])
        };
        assert!(set("AWS_CA_BUNDLE", "/nonexistent/ca.pem").contains("AWS_CA_BUNDLE"));
        assert!(set("HTTPS_PROXY", ":::").contains("HTTPS_PROXY"));
        assert!(set("all_proxy", ":::").contains("all_proxy"));
        assert!(set("R2_JURISDICTION", "mars").contains("mars"));
    }
}
