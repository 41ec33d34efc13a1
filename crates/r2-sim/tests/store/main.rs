//! States of a store that are kept, copied, gone back to and checked.

mod copies;
