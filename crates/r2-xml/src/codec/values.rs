//! Reads the text of an element as a value.

use std::str::FromStr;

use super::{Cursor, Mode};
use crate::error::quoted;
use crate::{Error, ErrorCode, ErrorKind, Timestamp};

impl Cursor<'_> {
    /// Text as it stands, blanks included: keys may begin and end with them.
    pub(crate) fn string(&mut self) -> Result<String, Error> {
        Ok(self.text()?.into_owned())
    }

    pub(crate) fn number<T: FromStr>(&mut self) -> Result<T, Error> {
        let text = self.text()?;
        self.parsed(&text)
    }

    fn parsed<T: FromStr>(&self, text: &str) -> Result<T, Error> {
        let digits = text.trim_ascii();
        // `from_str` would take a plus sign as well.
        let value = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok());
        value.flatten().ok_or_else(|| {
            self.error(
                ErrorKind::Value,
                format!("`{}`: {} is not a number in range", self.name(), quoted(digits)),
            )
        })
    }

    /// A number, or nothing for an empty element, which some servers write for "none".
    pub(crate) fn number_or_empty<T: FromStr>(&mut self) -> Result<Option<T>, Error> {
        let text = self.text()?;
        if text.trim_ascii().is_empty() { Ok(None) } else { self.parsed(&text).map(Some) }
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, Error> {
        let text = self.text()?;
        match (self.mode(), text.as_ref(), text.trim_ascii()) {
            (Mode::Strict, "true", _) => Ok(true),
            (Mode::Strict, "false", _) => Ok(false),
            // Python servers write `True`, and XML Schema knows `1`.
            (Mode::Lenient, _, "true" | "True" | "TRUE" | "1") => Ok(true),
            (Mode::Lenient, _, "false" | "False" | "FALSE" | "0") => Ok(false),
            _ => Err(self.error(
                ErrorKind::Value,
                format!("`{}`: {} is not true or false", self.name(), quoted(&text)),
            )),
        }
    }

    pub(crate) fn timestamp(&mut self) -> Result<Timestamp, Error> {
        let text = self.text()?;
        text.trim_ascii().parse().map_err(|_| {
            self.error(
                ErrorKind::Value,
                format!("`{}`: {} is not a date", self.name(), quoted(&text)),
            )
        })
    }

    pub(crate) fn code(&mut self) -> Result<ErrorCode, Error> {
        Ok(ErrorCode::from(self.text()?.as_ref()))
    }
}
