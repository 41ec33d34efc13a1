//! Bodies in aws-chunked form: `size[;chunk-signature=…]`, data, and so on, an empty chunk, and
//! perhaps a trailer. Decoded and checked as they pass, without I/O.
//!
//! Lines end with CR LF and nothing else, sizes are hexadecimal digits, and the trailer has exactly
//! the names that the head of the request announces, each once: whatever could be read in two ways
//! is refused.

use bytes::{Buf as _, Bytes, BytesMut};
use r2_sign::{ChunkSigner, Sha256, Signature};
use r2_xml::ErrorCode;

use super::authenticate::chunk_mismatch;
use crate::protocol::Refusal;

/// A chunk's head or a line of the trailer is never longer, in bytes.
const LINE_BYTES_MAX: usize = 4096;
/// Lines of a trailer.
const TRAILER_LINES_MAX: usize = 32;
const SIGNATURE_LINE: &str = "x-amz-trailer-signature";

/// Decodes one body.
pub(crate) struct ChunkedDecoder {
    /// Set when every chunk must be signed.
    signer: Option<ChunkSigner>,
    /// Names that the trailer must have, in lower case.
    announced: Vec<String>,
    /// Whether the trailer has a signature of its own.
    trailer_is_signed: bool,
    state: State,
    line: BytesMut,
    trailer: Vec<(String, String)>,
}

enum State {
    /// Before a chunk's head.
    Head,
    /// Inside a chunk.
    Data { left: u64, check: Option<Box<(Sha256, Signature)>> },
    /// Between a chunk's data and the next head.
    DataEnd,
    /// After the empty chunk.
    Trailer,
    /// After the blank line.
    End,
}

impl ChunkedDecoder {
    /// For chunks without signatures. `announced` is what `x-amz-trailer` names, in lower case.
    pub(crate) fn unsigned(announced: Vec<String>) -> ChunkedDecoder {
        let (line, trailer) = (BytesMut::new(), Vec::new());
        ChunkedDecoder {
            signer: None,
            announced,
            trailer_is_signed: false,
            state: State::Head,
            line,
            trailer,
        }
    }

    /// For signed chunks; without a signer their signatures are not looked at.
    pub(crate) fn signed(signer: Option<ChunkSigner>) -> ChunkedDecoder {
        ChunkedDecoder { signer, ..ChunkedDecoder::unsigned(Vec::new()) }
    }

    /// For signed chunks that a signed trailer follows.
    pub(crate) fn signed_with_trailer(
        signer: Option<ChunkSigner>,
        announced: Vec<String>,
    ) -> ChunkedDecoder {
        ChunkedDecoder { signer, trailer_is_signed: true, ..ChunkedDecoder::unsigned(announced) }
    }

    /// Takes encoded bytes, appends decoded ones.
    pub(crate) fn push(&mut self, mut bytes: Bytes, out: &mut Vec<Bytes>) -> Result<(), Refusal> {
        while !bytes.is_empty() {
            if let State::Data { left, check } = &mut self.state {
                let take = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                let data = bytes.split_to(take);
                if let Some(check) = check {
                    check.0.update(&data);
                }
                *left -= take as u64;
                let is_over = *left == 0;
                out.push(data);
                if is_over {
                    self.end_chunk()?;
                }
            } else if let Some(line) = self.take_line(&mut bytes)? {
                self.take_in(&line)?;
            }
        }
        Ok(())
    }

    /// The trailer, once the body is over.
    pub(crate) fn finish(self) -> Result<Vec<(String, String)>, Refusal> {
        match self.state {
            // Some clients leave out the last line break.
            State::End | State::Trailer if self.line.is_empty() => self.check_trailer(),
            _ => Err(Refusal::incomplete_body()),
        }
    }

    fn take_line(&mut self, bytes: &mut Bytes) -> Result<Option<String>, Refusal> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let take = end.map_or(bytes.len(), |end| end + 1);
        if self.line.len() + take > LINE_BYTES_MAX {
            return Err(malformed());
        }
        self.line.extend_from_slice(&bytes[..take]);
        bytes.advance(take);
        if end.is_none() {
            return Ok(None);
        }
        let line = std::mem::take(&mut self.line);
        let line = std::str::from_utf8(&line).ok().and_then(|line| line.strip_suffix("\r\n"));
        line.map(|line| Some(line.to_owned())).ok_or_else(malformed)
    }

    fn take_in(&mut self, line: &str) -> Result<(), Refusal> {
        match self.state {
            State::Head => self.begin_chunk(line),
            State::DataEnd if line.is_empty() => {
                self.state = State::Head;
                Ok(())
            }
            State::Trailer if line.is_empty() => {
                self.state = State::End;
                Ok(())
            }
            State::Trailer => {
                let (name, value) = line.split_once(':').ok_or_else(bad_trailer)?;
                let name = name.trim_ascii().to_ascii_lowercase();
                let is_new = self.trailer.iter().all(|(known, _)| *known != name);
                if !is_new || self.trailer.len() == TRAILER_LINES_MAX {
                    return Err(bad_trailer());
                }
                self.trailer.push((name, value.trim_ascii().to_owned()));
                Ok(())
            }
            // A blank line after the end is as good as the end.
            State::End if line.is_empty() => Ok(()),
            _ => Err(malformed()),
        }
    }

    fn begin_chunk(&mut self, head: &str) -> Result<(), Refusal> {
        let (size, extension) = head.split_once(';').unwrap_or((head, ""));
        let digits = (1..=16).contains(&size.len()) && size.bytes().all(|b| b.is_ascii_hexdigit());
        let size = digits.then(|| u64::from_str_radix(size, 16).ok()).flatten();
        let left = size.ok_or_else(malformed)?;
        let check = match &self.signer {
            Some(_) => {
                let signature = extension.strip_prefix("chunk-signature=").unwrap_or_default();
                let signature = Signature::parse(signature).map_err(|_| chunk_mismatch())?;
                Some(Box::new((Sha256::new(), signature)))
            }
            None => None,
        };
        self.state = State::Data { left, check };
        if left == 0 {
            self.end_chunk()?;
            self.state = State::Trailer;
        }
        Ok(())
    }

    fn end_chunk(&mut self) -> Result<(), Refusal> {
        let state = std::mem::replace(&mut self.state, State::DataEnd);
        let (State::Data { check: Some(check), .. }, Some(signer)) = (state, &mut self.signer)
        else {
            return Ok(());
        };
        let (hash, signature) = *check;
        if signer.verify(&hash.finish(), &signature) { Ok(()) } else { Err(chunk_mismatch()) }
    }

    fn check_trailer(mut self) -> Result<Vec<(String, String)>, Refusal> {
        let position = self.trailer.iter().position(|(name, _)| name == SIGNATURE_LINE);
        let signature = position.map(|position| self.trailer.remove(position).1);
        if let Some(signer) = &mut self.signer
            && self.trailer_is_signed
        {
            let lines: Vec<_> =
                self.trailer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let signature = Signature::parse(&signature.unwrap_or_default());
            let signature = signature.map_err(|_| chunk_mismatch())?;
            if !signer.verify_trailer(&lines, &signature) {
                return Err(chunk_mismatch());
            }
        }
        let has = |name: &String| self.trailer.iter().any(|(known, _)| known == name);
        let is_known = |(name, _): &(String, String)| self.announced.contains(name);
        if self.announced.iter().all(has) && self.trailer.iter().all(is_known) {
            return Ok(self.trailer);
        }
        Err(bad_trailer())
    }
}

fn malformed() -> Refusal {
    Refusal::invalid_request("The chunked body is not well formed.")
}

/// AWS's answer.
fn bad_trailer() -> Refusal {
    Refusal::new(
        ErrorCode::from("MalformedTrailerError"),
        "The request contained trailing data that was not well-formed or did not conform to our \
         published schema.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use r2_sign::{Credentials, Signer, Timestamp};

    type Decoded = Result<(Vec<u8>, Vec<(String, String)>), u16>;

    fn decode(encoded: &[u8], step: usize, announced: &[&str]) -> Decoded {
        let announced = announced.iter().copied().map(str::to_owned).collect();
        decode_with(encoded, step, ChunkedDecoder::unsigned(announced))
    }

    fn decode_with(encoded: &[u8], step: usize, mut decoder: ChunkedDecoder) -> Decoded {
        let mut out = Vec::new();
        let run = || {
            for piece in encoded.chunks(step) {
                decoder.push(Bytes::copy_from_slice(piece), &mut out)?;
            }
            decoder.finish()
        };
        let trailer = run().map_err(|refusal: Refusal| refusal.status().as_u16())?;
        Ok((out.concat(), trailer))
    }

    #[test]
    fn unsigned_bodies_in_pieces_of_any_size() {
        let encoded = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n";
        for step in 1..encoded.len() {
            let (body, trailer) = decode(encoded, step, &["x-amz-checksum-crc32"]).unwrap();
            assert_eq!(body, b"hello world", "step {step}");
            assert_eq!(trailer, [("x-amz-checksum-crc32".to_owned(), "AAAA".to_owned())]);
        }
        assert_eq!(decode(b"0\r\n\r\n", 9, &[]), Ok((vec![], vec![])));
        assert_eq!(decode(b"0\r\n", 9, &[]), Ok((vec![], vec![])));
        assert_eq!(decode(b"0\r\na:b\r\n", 9, &["a"]).unwrap().1.len(), 1);
    }

    #[test]
    fn the_trailer_is_what_was_announced() {
        for (trailer, announced, expected) in [
            ("a:b\r\n\r\n", &["a"][..], Ok(1)),
            ("A : b\r\nc:d\r\n\r\n", &["c", "a"], Ok(2)),
            ("\r\n", &["a"], Err(400)),
            ("a:b\r\n\r\n", &[], Err(400)),
            ("a:b\r\na:b\r\n\r\n", &["a"], Err(400)),
            ("a:b\r\n\r\na:c\r\n", &["a"], Err(400)),
            ("a:b\n\r\n", &["a"], Err(400)),
            ("a:b", &["a"], Err(400)),
        ] {
            let encoded = format!("0\r\n{trailer}");
            let got = decode(encoded.as_bytes(), 5, announced).map(|(_, lines)| lines.len());
            assert_eq!(got, expected, "{trailer:?} {announced:?}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        let long = vec![b'1'; LINE_BYTES_MAX + 1];
        for encoded in [
            b"".as_slice(),
            b"5\r\nhel",
            b"5\r\nhello",
            b"5\r\nhelloX\r\n0\r\n\r\n",
            b"5\nhello\r\n0\r\n\r\n",
            b"5\r\nhello\n0\r\n\r\n",
            b"5\r\nhello\r\r\n0\r\n\r\n",
            b"5 \r\nhello\r\n0\r\n\r\n",
            b"0x5\r\nhello\r\n0\r\n\r\n",
            b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            b"-5\r\nhello\r\n0\r\n\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"\r\n",
            b"11111111111111111\r\n",
            b"0\r\nnocolon\r\n\r\n",
            b"0\r\n\r\nmore",
            b"\xff\r\n",
            &long,
        ] {
            assert_eq!(decode(encoded, 3, &[]), Err(400), "{encoded:?}");
        }
    }

    fn signers() -> (ChunkSigner, ChunkSigner) {
        let credentials = Credentials::new("0123456789abcdef0123456789abcdef", "secret");
        let seed = Signature::parse(&"0".repeat(64)).unwrap();
        let at = Timestamp::from_unix(1_700_000_000);
        let make = || Signer::new("auto").chunks(&credentials, at, seed);
        (make(), make())
    }

    fn signed(bend: impl Fn(&mut Vec<u8>)) -> Decoded {
        let (mut sender, receiver) = signers();
        let mut encoded = Vec::new();
        for chunk in [b"hello".as_slice(), b""] {
            let head = format!("{:x};chunk-signature={}\r\n", chunk.len(), sender.sign(chunk));
            encoded.extend_from_slice(head.as_bytes());
            encoded.extend_from_slice(chunk);
            if !chunk.is_empty() {
                encoded.extend_from_slice(b"\r\n");
            }
        }
        let signature = sender.sign_trailer(&[("a", "b")]);
        encoded
            .extend_from_slice(format!("a:b\r\n{SIGNATURE_LINE}:{signature}\r\n\r\n").as_bytes());
        bend(&mut encoded);
        let announced = vec!["a".to_owned()];
        decode_with(&encoded, 7, ChunkedDecoder::signed_with_trailer(Some(receiver), announced))
    }

    fn cut_after(bytes: &mut Vec<u8>, mark: &[u8]) {
        let at = bytes.windows(mark.len()).position(|w| w == mark).unwrap();
        bytes.truncate(at);
        bytes.extend_from_slice(b"\r\n");
    }

    #[test]
    fn every_chunk_and_the_trailer_must_be_signed() {
        let (body, trailer) = signed(|_| {}).unwrap();
        assert_eq!(body, b"hello");
        assert_eq!(trailer, [("a".to_owned(), "b".to_owned())]);
        let bent = |find: &'static [u8], by: u8| {
            signed(move |bytes| {
                let at = bytes.windows(find.len()).position(|w| w == find).unwrap();
                bytes[at] = by;
            })
        };
        assert_eq!(bent(b"hello", b'j'), Err(403));
        assert_eq!(bent(b"a:b", b'c'), Err(403));
        assert_eq!(bent(b"chunk-signature", b'x'), Err(403));
        assert_eq!(bent(b"x-amz-trailer-signature", b'y'), Err(403));
        assert_eq!(signed(|bytes| cut_after(bytes, b"a:b")), Err(403));
        assert_eq!(signed(|bytes| cut_after(bytes, SIGNATURE_LINE.as_bytes())), Err(403));
    }
}
