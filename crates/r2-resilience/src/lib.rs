//! Decisions about attempts: retry, budget, breaker, limits, hedging, deadlines; one driver.
