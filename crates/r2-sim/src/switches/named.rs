//! Switches by name.

use std::fmt;
use std::str::FromStr;

use super::table::{SWITCHES, Switches};
use crate::error::Error;

/// One switch: its name, what it is about, and what it can be set to.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Switch {
    /// As it is written: `expired-status`.
    pub name: &'static str,
    /// What it chooses, with where the choice is known from.
    pub about: &'static str,
    /// The values that there are; a word in angle brackets stands for a number.
    pub forms: &'static [&'static str],
    pub(super) read: fn(&Switches) -> String,
    pub(super) write: fn(&mut Switches, &str) -> Option<()>,
}

impl Switch {
    /// What it is set to when nobody sets it.
    #[must_use]
    pub fn default(&self) -> String {
        self.value(&Switches::new())
    }

    /// What it is set to.
    ///
    /// ```
    /// use r2_sim::{SWITCHES, Switches};
    ///
    /// let short = Switches::new().part_bytes_min(10);
    /// let switch = SWITCHES.iter().find(|switch| switch.name == "part-bytes-min").unwrap();
    /// assert_eq!(switch.value(&short), "10");
    /// ```
    #[must_use]
    pub fn value(&self, switches: &Switches) -> String {
        (self.read)(switches)
    }
}

impl fmt::Debug for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Switch { name, about, forms, read: _, write: _ } = self;
        let mut debug = f.debug_struct("Switch");
        debug.field("name", name).field("about", about).field("forms", forms);
        debug.finish_non_exhaustive()
    }
}

impl Switches {
    /// Sets a switch by its name, as a flag, a variable or a configuration file would; `_` in the
    /// name stands for `-`.
    ///
    /// ```
    /// use r2_sim::{ErrorKind, Switches};
    ///
    /// let mut switches = Switches::new();
    /// switches.set("delete-objects-fail-above", "700")?;
    /// assert_eq!(switches.delete_objects_fail_above, Some(700));
    /// let error = switches.set("key-identty", "bytes").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::UnknownSwitch);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "there is no switch `key-identty`; did you mean `key-identity`?"
    /// );
    /// # Ok::<(), r2_sim::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UnknownSwitch`](crate::ErrorKind::UnknownSwitch) for a name and
    /// [`SwitchValue`](crate::ErrorKind::SwitchValue) for a value that is not there; both say what
    /// is. Nothing is changed then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Error> {
        let wanted = name.replace('_', "-");
        let switch = SWITCHES.iter().find(|switch| switch.name == wanted);
        let switch = switch.ok_or_else(|| unknown_name(name))?;
        (switch.write)(self, value).ok_or_else(|| unknown_value(switch, value))
    }
}

/// `name=value,name=value`, over the defaults.
///
/// ```
/// use r2_sim::Switches;
///
/// let switches: Switches = "expired-status=400, version-id=omit".parse()?;
/// assert_ne!(switches, Switches::new());
/// assert_eq!("".parse::<Switches>()?, Switches::new());
/// # Ok::<(), r2_sim::Error>(())
/// ```
impl FromStr for Switches {
    type Err = Error;

    fn from_str(text: &str) -> Result<Switches, Error> {
        let mut switches = Switches::new();
        for setting in text.split(',').map(str::trim).filter(|setting| !setting.is_empty()) {
            let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
            switches.set(name.trim(), value.trim())?;
        }
        Ok(switches)
    }
}

fn unknown_name(name: &str) -> Error {
    let names = SWITCHES.iter().map(|switch| switch.name);
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names: Vec<_> = SWITCHES.iter().map(|switch| switch.name).collect();
            format!("there are {}", names.join(", "))
        }
    };
    Error::unknown_switch(format!("there is no switch `{}`; {hint}", shortened(name)))
}

fn unknown_value(switch: &Switch, value: &str) -> Error {
    let hint = match nearest(value, switch.forms.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it takes {}", switch.forms.join(" or ")),
    };
    let Switch { name, .. } = switch;
    Error::switch_value(format!("`{}` is no value of `{name}`; {hint}", shortened(value)))
}

/// What somebody typed, in a length that fits into a message.
fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    match text.char_indices().nth(CHARS_MAX) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The candidate that was probably meant: at most a third of it is different.
fn nearest<'n>(typed: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const CHARS_MAX: usize = 60;
    // Any number is near another one, and neither was meant.
    let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_number || typed.chars().count() > CHARS_MAX {
        return None;
    }
    let typed: Vec<char> = typed.to_lowercase().replace('_', "-").chars().collect();
    let measured = names.map(|name| (distance(&typed, name), name));
    let (changes, name) = measured.min()?;
    (changes * 3 <= name.len()).then_some(name)
}

/// How many characters must be added, removed or replaced.
fn distance(left: &[char], right: &str) -> usize {
    let mut row: Vec<usize> = (0..=left.len()).collect();
    for (index, right) in right.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (at, left) in left.iter().enumerate() {
            let replaced = diagonal + usize::from(*left != right);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[left.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_fields_and_defaults_are_values() {
        let text = format!("{:?}", Switches::new());
        for switch in SWITCHES {
            let field = switch.name.replace('-', "_");
            assert!(text.contains(&format!("{field}: ")), "{field}");
            let mut switches = Switches::new();
            switches.set(&field, &switch.default()).unwrap();
            assert_eq!(switches, Switches::new(), "{field}");
            assert!(switch.about.ends_with('.'), "{field}");
        }
    }

    #[test]
    fn every_form_can_be_set_and_is_shown() {
        for switch in SWITCHES {
            for form in switch.forms {
                let value = form.replace("<number>", "7").replace("<bytes>", "7");
                let mut switches = Switches::new();
                switches.set(switch.name, &value).unwrap();
                assert_eq!(switch.value(&switches), value, "{}", switch.name);
            }
        }
    }

    #[test]
    fn mistakes_are_named_with_what_was_meant() {
        let said = |text: &str| text.parse::<Switches>().unwrap_err().to_string();
        assert!(said("nonsense=1").contains("there are expired-status, signed-chunks"));
        assert!(said("Version-ID=omit").ends_with("did you mean `version-id`?"));
        assert!(said("version-id=omitt").ends_with("did you mean `omit`?"));
        assert!(said("version-id").ends_with("it takes send or omit"));
        assert!(said("head-range=416").ends_with("it takes 206 or 200"));
        assert!(said("part-bytes-min=5MiB").ends_with("it takes <bytes>"));
        assert!(said(&"x".repeat(10_000)).len() < 1000);
    }
}
