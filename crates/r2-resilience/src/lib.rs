//! Decisions about attempts: retry, budget, breaker, limits, hedging, deadlines; one driver.
//!
//! Every policy is a plain struct whose methods take `now` and return a decision: it neither
//! sleeps nor reads a clock, so it is tested as a table of events and instants. The one async
//! piece is [`Executor::run`], which asks the policies and does the waiting. What the policies
//! remember lies in one ledger that all clones of an [`Executor`] share; retries, hedges and
//! limits charge the same account, so they cannot multiply each other.
//!
//! The crate knows no HTTP and no S3. The caller says what an attempt came to ([`Outcome`]) and
//! whether the operation may be tried again ([`Safety`]).
//!
//! ```
//! use r2_resilience::{Applied, Call, Executor, FailureClass, Outcome, Policy, Safety};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() {
//! let executor = Executor::new(Policy::new());
//! let call = Call::new("GetObject", Safety::Repeatable);
//! let success = executor
//!     .run(call, |attempt| async move {
//!         if attempt.number < 3 {
//!             return Outcome::Retry {
//!                 error: "500",
//!                 class: FailureClass::Server,
//!                 after: None,
//!                 applied: Applied::No,
//!             };
//!         }
//!         Outcome::Done("body")
//!     })
//!     .await
//!     .unwrap();
//! assert_eq!((success.value, success.report.attempts), ("body", 3));
//! # }
//! ```

mod breaker;
mod budget;
mod call;
mod concurrency;
mod deadline;
mod executor;
mod hedge;
mod ledger;
mod outcome;
mod pacing;
mod policy;
mod rate;
mod result;
mod retry;
mod telemetry;

pub use breaker::{Breaker, BreakerPolicy, CircuitState, Ticket, Verdict, WhenOpen};
pub use budget::{Budget, BudgetPolicy};
pub use call::{Attempt, AttemptKind, Call};
pub use concurrency::{Adaptive, Concurrency, ConcurrencyPolicy, Load};
pub use deadline::Deadline;
pub use executor::Executor;
pub use hedge::{Hedge, LatencyEstimate};
pub use outcome::{Applied, FailureClass, Health, Outcome, Safety};
pub use pacing::{KeyPacer, KeyPacing, KeyTurn};
pub use policy::Policy;
pub use rate::{RateLimiter, RatePolicy};
pub use result::{Failure, Report, Spent, Success};
pub use retry::{Backoff, FailedAttempt, GiveUp, Jitter, RetryDecision, RetryPolicy, RetryState};
