//! What a test asserts of a journal, with a failure that shows the journal.

use std::fmt;

use crate::invoice::Invoice;
use crate::journal::{Exchange, Journal};

/// Exchanges that a failure shows.
const SHOWN_MAX: usize = 50;

impl<T> Journal<T> {
    /// Asserts how many exchanges an operation had, by its S3 name.
    ///
    /// # Panics
    ///
    /// If there were more or fewer; the message shows the journal.
    ///
    /// ```
    /// # use r2_sim::{Emulator, Journal};
    /// let journal = Journal::new(Emulator::memory());
    /// journal.assert_count("DeleteObject", 0);
    /// ```
    #[track_caller]
    pub fn assert_count(&self, operation: &str, count: usize) {
        let found = self.count(operation);
        assert!(
            found == count,
            "{operation} was to be sent {count} times, and was sent {found} times:\n{}",
            shown(&self.exchanges())
        );
    }

    /// Asserts which operations were sent, by their S3 names, in the order in which they came.
    ///
    /// # Panics
    ///
    /// If there were others; the message says from where on, and shows the journal.
    ///
    /// ```
    /// # use r2_sim::{Emulator, Journal};
    /// # use r2_transport::{Body, Transport as _};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = Journal::new(Emulator::memory());
    /// journal.send(http::Request::put("http://r2.local/photos").body(Body::empty())?).await?;
    /// journal.send(http::Request::get("http://r2.local/photos/a").body(Body::empty())?).await?;
    /// journal.assert_operations(&["CreateBucket", "GetObject"]);
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_operations(&self, operations: &[&str]) {
        let exchanges = self.exchanges();
        let found: Vec<&str> =
            exchanges.iter().map(|exchange| exchange.operation.as_str()).collect();
        let same = found.iter().zip(operations).take_while(|(one, other)| one == other).count();
        assert!(
            found == operations,
            "request {} was to be {}:\n{}",
            same + 1,
            operations.get(same).unwrap_or(&"none"),
            shown(&exchanges)
        );
    }

    /// Asserts something of every exchange of an operation, and that there is one.
    ///
    /// # Panics
    ///
    /// If it does not hold for one of them, which the message shows; or if there is none.
    ///
    /// ```
    /// # use r2_sim::{Emulator, Journal};
    /// # use r2_transport::{Body, Transport as _};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let journal = Journal::new(Emulator::memory());
    /// journal.send(http::Request::get("http://r2.local/").body(Body::empty())?).await?;
    /// journal.assert_each("ListBuckets", "has no query", |exchange| exchange.query.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn assert_each(&self, operation: &str, what: &str, holds: impl Fn(&Exchange) -> bool) {
        let exchanges = self.exchanges();
        let mut of_operation =
            exchanges.iter().filter(|exchange| exchange.operation == operation).peekable();
        assert!(
            of_operation.peek().is_some(),
            "every {operation} was to be one that {what}, and there was none:\n{}",
            shown(&exchanges)
        );
        if let Some(other) = of_operation.find(|exchange| !holds(exchange)) {
            let asked = format!("every {operation} was to be one that {what}, and this is not");
            panic!("{asked}:\n{other}\n{:#?}", other.headers);
        }
    }

    /// What R2 would bill for the exchanges so far.
    ///
    /// ```
    /// # use r2_sim::{BillingClass, Emulator, Journal};
    /// let journal = Journal::new(Emulator::memory());
    /// journal.invoice().assert_at_most(BillingClass::A, 0);
    /// ```
    #[must_use]
    pub fn invoice(&self) -> Invoice {
        Invoice::of(&self.exchanges())
    }
}

/// `200 PutObject PUT /bucket/key?query, 5 bytes sent, 0 received`
impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, self.error) {
            (Some(status), _) => write!(f, "{}", status.as_u16())?,
            (None, Some(error)) => write!(f, "failed to {error}:")?,
            (None, None) => f.write_str("...")?,
        }
        let Exchange { operation, method, path, query, .. } = self;
        write!(f, " {operation} {method} {path}")?;
        if !query.is_empty() {
            write!(f, "?{query}")?;
        }
        write!(f, ", {} bytes sent, {} received", self.sent_bytes, self.received_bytes)
    }
}

fn shown(exchanges: &[Exchange]) -> String {
    let lines = exchanges.iter().enumerate().take(SHOWN_MAX);
    let mut text: Vec<String> =
        lines.map(|(index, exchange)| format!("{:>4} {exchange}", index + 1)).collect();
    if exchanges.len() > SHOWN_MAX {
        text.push(format!("     and {} more", exchanges.len() - SHOWN_MAX));
    }
    if text.is_empty() {
        text.push("     nothing was sent".to_owned());
    }
    text.join("\n")
}
