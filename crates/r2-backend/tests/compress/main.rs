//! What is written compressed is read as it was, and nothing else is.

mod damage;
mod headers;
mod round_trip;

use std::num::NonZeroUsize;

use bytes::Bytes;
use r2_backend::compress::{CompressOptions, Compressed};
use r2_backend::storage::HeadOptions;
use r2_backend::{MemoryBackend, StorageBackend as _};
use r2_objects::ObjectKey;

const FRAME: usize = 64 << 10;

fn key(name: &str) -> ObjectKey {
    name.try_into().expect("a key")
}

/// Text that shrinks, each line another.
fn text(bytes: usize) -> Bytes {
    let lines = (0_u64..).map(|line| format!("{line} {} the same in every line\n", line * 7919));
    let mut text = String::new();
    for line in lines {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&line);
    }
    text.truncate(bytes);
    text.into()
}

/// Bytes that do not shrink.
fn noise(bytes: usize) -> Bytes {
    let mut random = fastrand::Rng::with_seed(3);
    std::iter::repeat_with(|| random.u8(..)).take(bytes).collect()
}

struct World {
    stored: MemoryBackend,
    storage: Compressed<MemoryBackend>,
}

impl World {
    fn new() -> Self {
        let stored = MemoryBackend::new();
        let threads = NonZeroUsize::new(3).expect("not zero");
        let options = CompressOptions::new().frame_bytes(FRAME).threads(threads);
        let storage = Compressed::new(stored.clone(), options).expect("it keeps attributes");
        Self { stored, storage }
    }

    async fn stored_bytes(&self, name: &str) -> u64 {
        self.stored.head(&key(name), HeadOptions::new()).await.expect("it is there").size
    }
}
