//! CORS: headers for browsers, from the rules of the bucket.

use http::{Method, StatusCode, header};
use r2_xml::{CorsConfiguration, CorsRule, Document as _, ErrorCode};

use super::answer::{self, Answer};
use super::core::Service;
use crate::protocol::{Head, Refusal};

/// What a browser says about the page behind a request.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    origin: String,
    /// The method of the request that is to follow, or of this one.
    method: String,
    /// Headers that are to follow, lower case.
    headers: Vec<String>,
    kind: Kind,
}

/// Whether the browser asks before, or does it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Preflight,
    Actual,
}

impl Origin {
    /// Without an `Origin` header there are no CORS headers (Cloudflare's CORS page).
    pub(crate) fn of(head: &Head) -> Option<Origin> {
        let origin = head.text("origin")?.to_owned();
        if head.method != Method::OPTIONS {
            let (method, headers) = (head.method.to_string(), Vec::new());
            return Some(Origin { origin, method, headers, kind: Kind::Actual });
        }
        let method = head.text("access-control-request-method").unwrap_or_default().to_owned();
        let headers = head.text("access-control-request-headers").unwrap_or_default();
        let headers = headers.split(',').map(|name| name.trim().to_ascii_lowercase());
        let headers = headers.filter(|name| !name.is_empty()).collect();
        Some(Origin { origin, method, headers, kind: Kind::Preflight })
    }

    /// The pattern of the first rule that fits.
    fn fit<'r>(&self, rules: &'r [CorsRule]) -> Option<(&'r CorsRule, &'r str)> {
        rules.iter().find_map(|rule| {
            let pattern = rule.allowed_origins.iter().find(|p| wildcard(p, &self.origin))?;
            let method = rule.allowed_methods.contains(&self.method);
            let allows = |name: &String| {
                let mut patterns = rule.allowed_headers.iter();
                patterns.any(|pattern| wildcard(&pattern.to_ascii_lowercase(), name))
            };
            (method && self.headers.iter().all(allows)).then_some((rule, pattern.as_str()))
        })
    }

    /// What the browser is told of the origin.
    fn allowed<'o>(&'o self, pattern: &'o str) -> &'o str {
        if pattern == "*" { pattern } else { &self.origin }
    }
}

/// What R2 says to every preflight that it does not allow, also when there are rules and none fits,
/// and when there is no such bucket: seen by many who forgot a rule, in 2026.
fn not_configured() -> Refusal {
    Refusal::new(ErrorCode::Unauthorized, "CORS not configured for this bucket")
        .with_status(StatusCode::FORBIDDEN)
}

/// `*` stands for any text, once.
fn wildcard(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => {
            text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
    }
}

impl Service {
    async fn cors_rules(&self, bucket: &str) -> Vec<CorsRule> {
        let Ok(bucket) = self.bucket(bucket).await else { return Vec::new() };
        let text = bucket.record.cors;
        let document = text.and_then(|text| CorsConfiguration::decode(text.as_bytes()).ok());
        document.map(|document| document.rules).unwrap_or_default()
    }

    /// Answers OPTIONS: no signature is asked for, since browsers send none.
    pub(crate) async fn preflight(&self, head: &Head) -> Result<Answer, Refusal> {
        let origin = Origin::of(head).ok_or_else(|| {
            // Not recorded; AWS's words.
            let message = "Insufficient information. Origin request header needed.";
            Refusal::new(ErrorCode::from("BadRequest"), message)
                .with_status(StatusCode::BAD_REQUEST)
        })?;
        let rules = self.cors_rules(&head.bucket).await;
        let (rule, pattern) = origin.fit(&rules).ok_or_else(not_configured)?;
        let mut answer = answer::empty(StatusCode::NO_CONTENT);
        let allowed = origin.allowed(pattern);
        answer::set(&mut answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        let methods = rule.allowed_methods.join(", ");
        answer::set(&mut answer, header::ACCESS_CONTROL_ALLOW_METHODS, &methods);
        if !origin.headers.is_empty() {
            let headers = origin.headers.join(", ");
            answer::set(&mut answer, header::ACCESS_CONTROL_ALLOW_HEADERS, &headers);
        }
        if let Some(seconds) = rule.max_age_seconds {
            answer::set(&mut answer, header::ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
        }
        answer::set(
            &mut answer,
            header::VARY,
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        );
        Ok(answer)
    }

    /// Tells the browser that the page may read the answer.
    pub(crate) async fn add_cors(&self, answer: &mut Answer, origin: &Origin, bucket: String) {
        if origin.kind == Kind::Preflight {
            return;
        }
        let rules = self.cors_rules(&bucket).await;
        let Some((rule, pattern)) = origin.fit(&rules) else { return };
        answer::set(answer, header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.allowed(pattern));
        if !rule.expose_headers.is_empty() {
            let exposed = rule.expose_headers.join(", ");
            answer::set(answer, header::ACCESS_CONTROL_EXPOSE_HEADERS, &exposed);
        }
        let vary = answer.headers().get(header::VARY).and_then(|vary| vary.to_str().ok());
        let vary = vary.map_or_else(|| "Origin".to_owned(), |vary| format!("Origin, {vary}"));
        answer::set(answer, header::VARY, &vary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards() {
        assert!(wildcard("*", "https://x"));
        assert!(wildcard("https://*-app.example.com", "https://a-app.example.com"));
        assert!(!wildcard("https://*-app.example.com", "https://app.example.com"));
        assert!(wildcard("https://x", "https://x") && !wildcard("https://x", "https://xy"));
        assert!(!wildcard("ab*ba", "aba"));
    }
}
