//! `r2 mb`: makes a bucket.

use r2_objects::{CostClass, CreateBucket, ErrorKind, LocationHint};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use crate::address::Remote;
use crate::args::MakeBucket;
use crate::exit::Exit;
use crate::failure::Failure;

/// Makes the bucket.
pub(crate) async fn mb(context: &Context, wanted: &MakeBucket) -> Result<Exit, Failure> {
    let remote = Remote::require(&wanted.address)?;
    if !remote.key.is_empty() {
        return Err(Failure::usage(format!("`{remote}` is not a bucket"))
            .hint(format!("write r2://{}; folders need not be made", remote.bucket)));
    }
    let mut request = CreateBucket::new(context.bucket(&remote)?);
    if let Some(hint) = &wanted.location {
        request = request.location_hint(location(hint)?);
    }
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::A, 1);
        return bill.print(context, "mb");
    }
    let made = match context.client.send(request).await {
        Ok(_) => true,
        Err(error) if wanted.ignore_existing && error.kind() == ErrorKind::BucketExists => false,
        Err(error) => return Err(error.into()),
    };
    let fields = json!({ "bucket": remote.bucket, "made": made });
    context.output.done("bucket", fields, || match made {
        true => format!("made {remote}"),
        false => format!("{remote} exists already"),
    })?;
    context.summary("mb", Exit::Done, json!({}))
}

fn location(hint: &str) -> Result<LocationHint, Failure> {
    let all = [
        LocationHint::Wnam,
        LocationHint::Enam,
        LocationHint::Weur,
        LocationHint::Eeur,
        LocationHint::Apac,
        LocationHint::Oc,
    ];
    all.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(hint)).ok_or_else(|| {
        Failure::usage(format!("`{hint}` is not a location hint"))
            .hint("R2 knows wnam, enam, weur, eeur, apac and oc")
    })
}
