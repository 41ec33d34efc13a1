//! Copies that cannot share the bytes of their source, because the key of the customer changes.

use super::core::Service;
use crate::checksum::{Digests, Hashers};
use crate::protocol::{CustomerKey, Refusal};
use crate::store::{Content, NewBody};

/// How often a copy begins anew when its source changes while it is read.
pub(crate) const COPY_ATTEMPTS_MAX: u32 = 4;

/// Whether bytes under one key may be shared by an object under another one.
pub(crate) fn is_same_key(one: Option<&CustomerKey>, other: Option<&CustomerKey>) -> bool {
    one.map(|key| &key.md5) == other.map(|key| &key.md5)
}

impl Service {
    /// Stores what is read anew, under a key or under none. Holds a few steps of it in memory.
    pub(crate) async fn store_again(
        &self,
        mut content: Content,
        hashers: Hashers,
        key: Option<&CustomerKey>,
    ) -> Result<(NewBody, Digests), Refusal> {
        let mut sink = self.store.sink(hashers).sealed(CustomerKey::seal_of(key))?;
        while let Some(bytes) = content.next().await? {
            sink.push(bytes).await?;
        }
        Ok(sink.finish().await?)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;
    use r2_transport::{Body, Transport as _};

    use crate::Emulator;
    use crate::store::{Halt, Txn};

    const KEY: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const MD5: &str = "4Funlf7OsLF0HL+vKU+fkg==";

    /// Version 1 of the store kept objects under customers' keys plain.
    #[tokio::test]
    async fn an_object_of_an_older_store_is_read_and_copied() {
        let r2 = Emulator::memory();
        let send = async |request: http::request::Builder, body: &'static str| {
            let response = r2.send(request.body(Body::from(body)).unwrap()).await.unwrap();
            let status = response.status().as_u16();
            (status, response.into_body().collect(1 << 20).await.unwrap())
        };
        send(Request::put("http://r2.local/b-one"), "").await;
        send(Request::put("http://r2.local/b-one/k"), "from before").await;
        let as_before = |txn: &mut Txn<'_>| -> Result<(), Halt<()>> {
            let bucket = txn.bucket("b-one")?.unwrap().id;
            let mut object = txn.object(bucket, "k")?.unwrap();
            object.sse_key_md5 = Some(MD5.to_owned());
            txn.retain(&object.segments)?;
            Ok(txn.put_object(bucket, "k", &object)?)
        };
        r2.store().write(as_before).await.unwrap();
        let with = |request: http::request::Builder, prefix: &str| {
            let name = |end: &str| format!("{prefix}server-side-encryption-customer-{end}");
            request
                .header(name("algorithm"), "AES256")
                .header(name("key"), KEY)
                .header(name("key-md5"), MD5)
        };
        let get = || Request::get("http://r2.local/b-one/k");
        assert_eq!(send(get(), "").await.0, 400);
        let (status, body) = send(with(get(), "x-amz-"), "").await;
        assert_eq!((status, &*body), (200, &b"from before"[..]));
        let copy = Request::put("http://r2.local/b-one/k").header("x-amz-copy-source", "/b-one/k");
        let copy = with(copy, "x-amz-copy-source-");
        assert_eq!(send(copy, "").await.0, 200);
        assert_eq!(send(get(), "").await, (200, "from before".into()));
    }
}
