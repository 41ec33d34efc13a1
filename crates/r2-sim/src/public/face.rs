//! Which requests are for a public bucket, and for which object of it.

use http::header;
use http::request::Parts;

use super::bucket::PublicCors;
use super::crowd::Crowd;

/// Where Cloudflare's own tools serve public buckets during development; below `/cdn-cgi/` there is
/// never an object.
const PATH: &str = "/cdn-cgi/local/r2/public/";

/// One bucket that anybody may read.
#[derive(Clone, Debug)]
pub(crate) struct Face {
    pub(super) bucket: String,
    pub(super) cors: PublicCors,
    pub(super) requests_per_second_max: Option<u32>,
    pub(super) crowd: Crowd,
}

impl Face {
    pub(crate) fn new(bucket: impl Into<String>) -> Face {
        Face {
            bucket: bucket.into(),
            cors: PublicCors::Rules,
            requests_per_second_max: None,
            crowd: Crowd::default(),
        }
    }
}

/// The public buckets of an account, by host and by path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faces {
    hosts: Vec<(String, Face)>,
    paths: Vec<Face>,
}

/// A request to a public bucket.
pub(super) struct Aim<'f> {
    /// `None` for a bucket that is not public.
    pub(super) face: Option<&'f Face>,
    /// As it came, without the slash before it.
    pub(super) raw_key: String,
}

impl Faces {
    pub(crate) fn add_host(&mut self, host: impl Into<String>, face: Face) {
        self.hosts.push((host.into(), face));
    }

    pub(crate) fn add_path(&mut self, mut face: Face) {
        face.cors = PublicCors::Everyone;
        self.paths.push(face);
    }

    /// The bucket that a request is for, if it is for a public one.
    pub(super) fn aim(&self, parts: &Parts) -> Option<Aim<'_>> {
        if self.hosts.is_empty() && self.paths.is_empty() {
            return None;
        }
        let path = parts.uri.path();
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
        if let Some((_, face)) = self.hosts.iter().find(|(known, _)| is_same(known, host)) {
            let raw_key = path.strip_prefix('/').unwrap_or(path).to_owned();
            return Some(Aim { face: Some(face), raw_key });
        }
        let (bucket, key) = path.strip_prefix(PATH).map(|rest| {
            let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
            (bucket, key.to_owned())
        })?;
        // An account without such faces has a bucket of that name, as any other.
        let face = self.paths.iter().find(|face| face.bucket == bucket);
        (!self.paths.is_empty()).then_some(Aim { face, raw_key: key })
    }
}

/// Whether a request's host, which may name a port, is this one.
fn is_same(known: &str, host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    known.eq_ignore_ascii_case(name) || known.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aim(faces: &Faces, uri: &str, host: &str) -> Option<(Option<String>, String)> {
        let request = http::Request::get(uri).header("host", host).body(()).unwrap();
        let (parts, ()) = request.into_parts();
        let aim = faces.aim(&parts)?;
        Some((aim.face.map(|face| face.bucket.clone()), aim.raw_key))
    }

    #[test]
    fn hosts_and_paths() {
        let mut faces = Faces::default();
        assert!(aim(&faces, "/cdn-cgi/local/r2/public/photos/k", "x").is_none());
        faces.add_host("cats.example", Face::new("photos"));
        assert!(aim(&faces, "/cdn-cgi/local/r2/public/photos/k", "x").is_none());
        faces.add_path(Face::new("open"));
        let found = |bucket: &str, key: &str| Some((Some(bucket.to_owned()), key.to_owned()));
        assert_eq!(aim(&faces, "/a%20b/c", "CATS.example:9000"), found("photos", "a%20b/c"));
        assert_eq!(aim(&faces, "/", "cats.example"), found("photos", ""));
        assert_eq!(aim(&faces, "/cdn-cgi/local/r2/public/open/a/b", "x"), found("open", "a/b"));
        let closed = aim(&faces, "/cdn-cgi/local/r2/public/photos/k", "x");
        assert_eq!(closed, Some((None, "k".to_owned())));
        assert!(aim(&faces, "/open/k", "x").is_none());
    }
}
