//! What a dry run would send, by class, and what that would cost.

use r2_multipart::{MultipartDefaults, PartPlan, PartSize};
use r2_objects::{CostClass, PriceList, Usage};
use serde_json::json;

use super::context::{Context, requests};
use crate::args::Transfer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// The requests that a command would send.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bill {
    usage: Usage,
}

impl Bill {
    /// Adds `count` requests of one class.
    pub(crate) fn add(&mut self, class: CostClass, count: u64) {
        let counter = match class {
            CostClass::A => &mut self.usage.class_a,
            CostClass::B => &mut self.usage.class_b,
            CostClass::Free => &mut self.usage.free,
        };
        *counter += count;
    }

    /// Adds requests that a library has counted.
    pub(crate) fn add_usage(&mut self, usage: &Usage) {
        self.add(CostClass::A, usage.class_a + usage.infrequent_class_a);
        self.add(CostClass::B, usage.class_b + usage.infrequent_class_b);
        self.add(CostClass::Free, usage.free);
    }

    /// Adds the upload of one object of a known length, as the library would cut it.
    pub(crate) fn upload(&mut self, length: u64, flags: &Transfer, defaults: &MultipartDefaults) {
        let threshold = flags.multipart_threshold.unwrap_or(defaults.threshold_bytes);
        if length < threshold {
            return self.add(CostClass::A, 1);
        }
        let wanted = flags.part_size.and_then(|bytes| PartSize::new(bytes).ok());
        let size = wanted.or(defaults.part_size).unwrap_or_default();
        let parts = PartPlan::new(length, size);
        let parts = parts.map_or(1, |plan| u64::from(plan.count().get()));
        self.add(CostClass::A, parts + 2);
    }

    /// Prints the bill, and what finding it out has cost already.
    pub(crate) fn print(&self, context: &Context, command: &str) -> Result<Exit, Failure> {
        let Self { usage } = self;
        let spent = context.client.usage();
        let fields = json!({ "command": command, "would_send": requests(usage),
            "sent": requests(&spent), "result": Exit::Done.name() });
        context.output.result("summary", fields, || {
            let mut text = format!("nothing was changed; this would send {}", words(usage));
            if spent.operations() > 0 {
                text.push_str(&format!("; finding out sent {}", words(&spent)));
            }
            text
        })?;
        Ok(Exit::Done)
    }
}

/// `3 class A, 1 class B and 2 free requests ($0.0000139)`.
pub(crate) fn words(usage: &Usage) -> String {
    let class_a = usage.class_a + usage.infrequent_class_a;
    let class_b = usage.class_b + usage.infrequent_class_b;
    format!(
        "{} class A, {} class B and {} free requests ({})",
        human::thousands(class_a),
        human::thousands(class_b),
        human::thousands(usage.free),
        usage.price(&PriceList::r2()),
    )
}
