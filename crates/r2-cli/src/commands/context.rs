//! What every command needs: the client, the flags, and a place to print.

use r2_multipart::Stop;
use r2_objects::{BucketName, Client, ObjectKey, Usage};

use crate::address::Remote;
use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::world::World;

/// List requests in flight unless told otherwise.
const LIST_REQUESTS: u16 = 16;

/// One command's surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Where requests go.
    pub(crate) client: Client,
    /// The options of every command.
    pub(crate) global: Global,
    /// The streams and the environment.
    pub(crate) world: World,
    /// Where results go.
    pub(crate) output: Output,
    /// Ends transfers in an orderly way when somebody presses Ctrl-C.
    pub(crate) stop: Stop,
}

impl Context {
    /// Puts the surroundings of a command together.
    pub(crate) fn new(client: Client, global: Global, output: Output, stop: Stop) -> Self {
        let world = output.world().clone();
        Self { client, global, world, output, stop }
    }

    /// List requests in flight at most.
    pub(crate) fn list_requests(&self) -> usize {
        let wanted = self.global.list_concurrency.unwrap_or(LIST_REQUESTS);
        usize::from(wanted.min(self.global.concurrency))
    }

    /// The bucket of an address. Servers other than R2 permit names that R2 does not.
    pub(crate) fn bucket(&self, remote: &Remote) -> Result<BucketName, Failure> {
        let endpoint = self.client.endpoint();
        let name = if endpoint.is_r2() || endpoint.is_emulator() {
            BucketName::new(&remote.bucket)
        } else {
            BucketName::new_compatible(&remote.bucket)
        };
        name.map_err(|error| {
            Failure::usage(format!("`{}` cannot be the name of a bucket", remote.bucket))
                .because(error)
                .hint("a bucket's name has 3 to 63 characters: a-z, 0-9 and hyphens inside")
        })
    }

    /// The bucket and key of an address that has to name one object.
    pub(crate) fn object(&self, remote: &Remote) -> Result<(BucketName, ObjectKey), Failure> {
        let bucket = self.bucket(remote)?;
        if remote.key.is_empty() {
            return Err(Failure::usage(format!("`{remote}` names a bucket, not an object"))
                .hint("write r2://BUCKET/KEY"));
        }
        Ok((bucket, key(&remote.key)?))
    }

    /// Prints the last JSON line: what was done, what it cost, how it ended.
    pub(crate) fn summary(
        &self,
        command: &str,
        exit: Exit,
        fields: serde_json::Value,
    ) -> Result<Exit, Failure> {
        if self.output.is_json() {
            let usage = self.client.usage();
            let mut summary = serde_json::json!({
                "command": command, "result": exit.name(), "requests": requests(&usage),
            });
            if let (Some(summary), serde_json::Value::Object(fields)) =
                (summary.as_object_mut(), fields)
            {
                summary.extend(fields);
            }
            self.output.result("summary", summary, String::new)?;
        }
        Ok(exit)
    }
}

/// A key, or why it cannot be one.
pub(crate) fn key(text: &str) -> Result<ObjectKey, Failure> {
    ObjectKey::new(text).map_err(|error| {
        Failure::usage(format!("`{}` cannot be a key", text.escape_debug()))
            .because(error)
            .hint("a key has 1 to 1,024 bytes of UTF-8")
    })
}

/// Requests by class, with their price.
pub(crate) fn requests(usage: &Usage) -> serde_json::Value {
    serde_json::json!({
        "class_a": usage.class_a + usage.infrequent_class_a,
        "class_b": usage.class_b + usage.infrequent_class_b,
        "free": usage.free,
        "dollars": usage.price(&r2_objects::PriceList::r2()).to_string(),
    })
}
