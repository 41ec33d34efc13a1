//! `r2 presign`: a URL that works for a while without credentials.

use r2_objects::{Client, Payload, PutObject};
use serde_json::json;

use super::context::Context;
use crate::address::Remote;
use crate::args::{Presign, Verb};
use crate::connect::{SERVED_ENDPOINT, local_credentials};
use crate::exit::Exit;
use crate::failure::Failure;

/// Makes the URL; sends nothing.
pub(crate) fn presign(context: &Context, wanted: &Presign) -> Result<Exit, Failure> {
    let remote = Remote::require(&wanted.address)?;
    let (bucket, key) = context.object(&remote)?;
    if wanted.content_type.is_some() && wanted.method != Verb::Put {
        return Err(Failure::usage("--content-type goes with --method put only"));
    }
    let client = reachable(context)?;
    let presign = client.presign();
    let made = match wanted.method {
        Verb::Get => presign.get(&bucket, &key, wanted.expires),
        Verb::Head => presign.head(&bucket, &key, wanted.expires),
        Verb::Delete => presign.delete(&bucket, &key, wanted.expires),
        Verb::Put => {
            let mut put = PutObject::new(bucket, key, Payload::empty());
            if let Some(content_type) = &wanted.content_type {
                put = put.content_type(content_type);
            }
            presign.operation(&put, wanted.expires)
        }
    }?;
    let expires = r2_objects::LastModified::from(made.expires_at()).to_string();
    let headers: serde_json::Map<String, serde_json::Value> = made
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.into())))
        .collect();
    let fields = json!({ "method": made.method().as_str(), "url": made.url(),
        "headers": headers, "expires": expires });
    context.output.result("url", fields, || made.url().to_owned())?;
    context.summary("presign", Exit::Done, json!({}))
}

/// The client whose URLs somebody else can reach: for a local R2 the one that serves it.
fn reachable(context: &Context) -> Result<Client, Failure> {
    if !context.client.endpoint().is_emulator() {
        return Ok(context.client.clone());
    }
    let endpoint = context.global.endpoint.as_deref().unwrap_or(SERVED_ENDPOINT);
    context.output.note(&format!("the URL works while `r2 serve emulator` runs at {endpoint}"));
    let builder = Client::builder().endpoint(endpoint).credentials(local_credentials());
    Ok(builder.build()?)
}
