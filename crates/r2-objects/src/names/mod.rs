//! What things are called: buckets, keys, ETags, ranges. Each is checked once, when it is made.

mod bucket_name;
mod byte_range;
mod error;
mod etag;
mod object_key;

pub use bucket_name::BucketName;
pub use byte_range::{ByteRange, ContentRange};
pub use error::NameError;
pub use etag::ETag;
pub use object_key::{KeyCollision, ObjectKey, key_collisions};
