//! From an HTTP request to an HTTP response: one trait, a pooled HTTP/1.1 client, a server.
