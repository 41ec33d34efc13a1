//! The same calls against a server that nobody here wrote: `R2_ENDPOINT`, `R2_ACCESS_KEY_ID`, ...
//! and `cargo test -p r2-objects --test it -- --ignored real_server`.

use futures_util::TryStreamExt as _;
use r2_objects::{
    ByteRange, Client, CopyObject, ErrorKind, GetObject, ListObjectsV2, Metadata, PutObject,
};

const BUCKET: &str = "r2-objects-it";

#[tokio::test]
#[ignore = "needs a server, told by the environment"]
async fn objects_live_on_it() {
    let client = Client::from_env().unwrap();
    let objects = client.objects();
    match client.buckets().create(BUCKET).await {
        Ok(_) => {}
        // miniflare's R2 has the buckets it was started with
        Err(error)
            if matches!(error.kind(), ErrorKind::BucketExists | ErrorKind::NotImplemented) => {}
        Err(error) => panic!("{error:?}"),
    }
    let bucket = || BUCKET.try_into().unwrap();
    let awkward = ["a b", "a+b", "ü/é \u{1f980}", "!'()*", "a#b?c&d=e%41", "a//b", "trailing/"];
    for name in awkward {
        let metadata = Metadata::new().with("names", "Zoë").unwrap();
        let put = PutObject::new(bucket(), name.try_into().unwrap(), name.to_owned())
            .content_type("text/plain")
            .metadata(metadata);
        client.send(put).await.unwrap();
        let object = objects.get(BUCKET, name).await.unwrap();
        assert_eq!(object.body, name.as_bytes(), "{name}");
        assert_eq!(object.info.attributes.metadata.get("names"), Some("Zoë"));
    }
    let large: Vec<u8> = (0..2_500_000_u32).map(|at| at.to_le_bytes()[1]).collect();
    objects.put(BUCKET, "large", large.clone()).await.unwrap();
    let stream = futures_util::stream::iter(
        large
            .chunks(65_536)
            .map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec().into()))
            .collect::<Vec<_>>(),
    );
    objects.put_stream(BUCKET, "streamed", stream, 2_500_000).await.unwrap();
    for name in ["large", "streamed"] {
        assert!(objects.get(BUCKET, name).await.unwrap().body == large);
    }
    let get = GetObject::new(bucket(), "large".try_into().unwrap())
        .range(ByteRange::new(1000..2000).unwrap());
    let part = objects.get_stream(get).await.unwrap().collect(1000).await.unwrap();
    assert!(part == large[1000..2000]);
    let copy = CopyObject::new(
        bucket(),
        awkward[2].try_into().unwrap(),
        bucket(),
        "copy".try_into().unwrap(),
    );
    objects.copy(copy).await.unwrap();
    let listed: Vec<_> = objects
        .list_entries(ListObjectsV2::new(bucket()).max_keys(3))
        .map_ok(|entry| entry.object().unwrap().key)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(listed.len(), awkward.len() + 3);
    assert!(awkward.iter().all(|name| listed.iter().any(|key| key.as_str() == *name)));
    objects.put(BUCKET, "empty", "").await.unwrap();
    assert_eq!(objects.head(BUCKET, "empty").await.unwrap().size, Some(0));
    assert!(objects.get(BUCKET, "none").await.unwrap_err().is_not_found());
    let everything = listed.into_iter().chain(["empty".try_into().unwrap()]);
    let result = objects.delete_objects(BUCKET, everything).await.unwrap();
    assert_eq!(result.failed, []);
    match client.buckets().delete(BUCKET).await {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotImplemented => {}
        Err(error) => panic!("{error:?}"),
    }
}
