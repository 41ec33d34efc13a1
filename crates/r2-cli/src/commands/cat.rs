//! `r2 cat`: prints objects to standard output.

use futures_util::TryStreamExt as _;
use r2_objects::{BucketName, ByteRange, CostClass, GetObject, ObjectKey};

use super::bill::Bill;
use super::context::Context;
use super::selected::{Wanted, objects};
use crate::address::Remote;
use crate::args::{Cat, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::stdout_failed;

/// Prints every object that is meant, in order. What breaks is taken up again from the byte where
/// it broke; the content of a whole object is verified.
pub(crate) async fn cat(context: &Context, wanted: &Cat) -> Result<Exit, Failure> {
    let range = wanted.range.as_deref().map(parse_range).transpose()?;
    let mut bill = Bill::default();
    for address in &wanted.addresses {
        let remote = Remote::require(address)?;
        if !remote.is_pattern() {
            let (bucket, key) = context.object(&remote)?;
            one(context, bucket, key, range.as_ref(), &mut bill).await?;
            continue;
        }
        let bucket = context.bucket(&remote)?;
        let selected = Wanted::below(&remote, &Selection::default())?;
        let mut found = std::pin::pin!(objects(context, &remote, selected)?);
        while let Some(object) = found.try_next().await? {
            one(context, bucket.clone(), object.key, range.as_ref(), &mut bill).await?;
        }
    }
    if context.global.dry_run {
        return bill.print(context, "cat");
    }
    Ok(Exit::Done)
}

async fn one(
    context: &Context,
    bucket: BucketName,
    key: ObjectKey,
    range: Option<&ByteRange>,
    bill: &mut Bill,
) -> Result<(), Failure> {
    bill.add(CostClass::B, 1);
    if context.global.dry_run {
        return Ok(());
    }
    let mut request = GetObject::new(bucket, key).with_checksums();
    if let Some(range) = range {
        request = request.range(*range);
    }
    print(context, request).await.map(drop)
}

/// Streams one object to standard output, and says how many bytes that were.
pub(crate) async fn print(context: &Context, request: GetObject) -> Result<u64, Failure> {
    let mut stream = context.client.objects().get_stream(request).await?;
    let mut bytes = 0;
    while let Some(chunk) = stream.try_next().await? {
        context.world.out.bytes(&chunk).map_err(stdout_failed)?;
        bytes += chunk.len() as u64;
    }
    Ok(bytes)
}

/// Reads `0-99`, `100-` or `-100`.
fn parse_range(text: &str) -> Result<ByteRange, Failure> {
    let wrong = || {
        Failure::usage(format!("`{text}` is not a range of bytes"))
            .hint("write 0-99, 100- or -100 for the last hundred bytes")
    };
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let number = |digits: &str| digits.parse::<u64>().map_err(|_| wrong());
    match (from, to) {
        ("", count) => ByteRange::suffix(number(count)?).map_err(|_| wrong()),
        (first, "") => Ok(ByteRange::from_offset(number(first)?)),
        (first, last) => {
            let end = number(last)?.checked_add(1).ok_or_else(wrong)?;
            ByteRange::new(number(first)?..end).map_err(|_| wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let cases = [("0-99", "bytes=0-99"), ("100-", "bytes=100-"), ("-5", "bytes=-5")];
        for (text, wanted) in cases {
            let range = parse_range(text).expect(text);
            assert_eq!(range.to_string(), wanted);
        }
        for text in ["", "-", "5", "a-b", "9-3", "-0", "0-18446744073709551615"] {
            assert!(parse_range(text).is_err(), "{text}");
        }
    }
}
