//! Their functions, one test each.

use object_store::integration;

use super::stores::all;

/// One test of theirs, on each back end.
macro_rules! published {
    ($($name:ident: |$store:ident| $call:expr;)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let directory = tempfile::tempdir().unwrap();
                for $store in &all(&directory).await {
                    println!("{}", $store);
                    $call.await;
                }
            }
        )*
    };
}

published! {
    put_get_delete_list: |store| integration::put_get_delete_list(store);
    attributes: |store| integration::put_get_attributes(store);
    conditional_reads: |store| integration::get_opts(store);
    conditional_writes: |store| integration::put_opts(store, true);
    streams: |store| integration::stream_get(store);
    folders: |store| integration::list_uses_directories_correctly(store);
    delimiters: |store| integration::list_with_delimiter(store);
    copies_and_renames: |store| integration::rename_and_copy(store);
    copies_that_create: |store| integration::copy_if_not_exists(store);
    copies_of_nothing: |store| integration::copy_rename_nonexistent_object(store);
    racing_uploads: |store| integration::multipart_race_condition(store, true);
    parts_out_of_order: |store| integration::multipart_out_of_order(store);
    offsets: |store| integration::list_with_offset_exclusivity(store);
}

#[tokio::test]
async fn what_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    for store in &all(&directory).await {
        let error = integration::get_nonexistent_object(store, None).await.unwrap_err();
        assert!(matches!(error, object_store::Error::NotFound { .. }), "{store}: {error}");
    }
}
