//! Headers that R2 knows: taken, ignored or refused, by operation.

use crate::table::{Case, case, run};

fn put(name: &'static str, header: &'static str, value: &'static str, said: &'static str) -> Case {
    case(name, "PUT /bucket/s", said).with(header, value).body("x")
}

/// Rows: header.screened, header.acl, header.sse, header.class.
#[tokio::test]
async fn headers() {
    let tagging = "501 NotImplemented: Header 'x-amz-tagging' with value 'a=b' not implemented";
    let class = "400 InvalidStorageClass: The storage class specified is not valid.";
    let absent = "501 NotImplemented";
    run(vec![
        put("tags", "x-amz-tagging", "a=b", tagging),
        put("what nobody knows", "x-amz-foobar", "whatever", "200"),
        case("tags of a read", "GET /bucket/s", "200").with("x-amz-tagging", "a=b"),
        case("a device", "DELETE /bucket/s", absent).with("x-amz-mfa", "device 123456"),
        put("a device of a write", "x-amz-mfa", "device 123456", "200"),
        put("a canned list", "x-amz-acl", "public-read", "200"),
        put("another", "x-amz-acl", "bucket-owner-full-control", "200"),
        put("no canned list", "x-amz-acl", "lol-no", absent),
        put("encryption", "x-amz-server-side-encryption", "AES256", "200"),
        put("other encryption", "x-amz-server-side-encryption", "aws:kms", absent),
        put("the class", "x-amz-storage-class", "STANDARD", "200"),
        put("the other class", "x-amz-storage-class", "STANDARD_IA", "200"),
        case("is shown", "HEAD /bucket/s", "200").shows(&["x-amz-storage-class: STANDARD_IA"]),
        put("a class of others", "x-amz-storage-class", "GLACIER", class),
        put("a class in small letters", "x-amz-storage-class", "standard", class),
        put("a redirect", "x-amz-website-redirect-location", "/x", absent),
        put("a lock", "x-amz-object-lock-mode", "GOVERNANCE", absent),
        put("a hold", "x-amz-object-lock-legal-hold", "ON", absent),
        put("a grant", "x-amz-grant-write", "id=1", absent),
        put("an owner", "x-amz-expected-bucket-owner", "me", absent),
        put("a key of KMS", "x-amz-server-side-encryption-aws-kms-key-id", "k", absent),
        case("a copy's tags", "PUT /bucket/copy", absent)
            .with("x-amz-copy-source", "/bucket/s")
            .with("x-amz-tagging-directive", "COPY"),
        case("conditions of a copied part", "PUT /bucket/c?partNumber=1&uploadId=x", absent)
            .with("x-amz-copy-source", "/bucket/s")
            .with("x-amz-copy-source-if-match", "*"),
    ])
    .await;
}

/// Rows: sse-c.triple.
#[tokio::test]
async fn customer_keys() {
    const ALGORITHM: &str = "x-amz-server-side-encryption-customer-algorithm";
    const KEY: &str = "x-amz-server-side-encryption-customer-key";
    const MD5: &str = "x-amz-server-side-encryption-customer-key-MD5";
    const KEY_TEXT: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    const MD5_TEXT: &str = "y4HAEFCYWuvAXWFTtA1Qpg==";
    let get = |name, said| case(name, "GET /bucket/plain", said);
    run(vec![
        case("an object", "PUT /bucket/plain", "200").body("x"),
        get(
            "no key",
            "400 InvalidArgument: Requests specifying Server Side Encryption with Customer \
             provided keys must provide an appropriate secret key.",
        )
        .with(ALGORITHM, "AES256"),
        get(
            "no MD5",
            "400 InvalidArgument: Requests specifying Server Side Encryption with Customer \
             provided keys must provide the client calculated MD5 of the secret key.",
        )
        .with(ALGORITHM, "AES256")
        .with(KEY, KEY_TEXT),
        get(
            "no algorithm",
            "400 InvalidArgument: Requests specifying Server Side Encryption with Customer \
             provided keys must provide a valid encryption algorithm.",
        )
        .with(KEY, KEY_TEXT)
        .with(MD5, MD5_TEXT),
        get(
            "another algorithm",
            "400 InvalidEncryptionAlgorithmError: The encryption request that you specified is not \
             valid. The valid value is AES256.",
        )
        .with(ALGORITHM, "AES128")
        .with(KEY, KEY_TEXT)
        .with(MD5, MD5_TEXT),
        get(
            "a plain object",
            "400 InvalidRequest: The encryption parameters are not applicable to this object.",
        )
        .with(ALGORITHM, "AES256")
        .with(KEY, KEY_TEXT)
        .with(MD5, MD5_TEXT),
    ])
    .await;
}
