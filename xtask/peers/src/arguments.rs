//! The command line.

pub const USAGE: &str = "\
usage: cargo run --release --manifest-path xtask/peers/Cargo.toml -- [--quick] [--write] WHAT...
  WHAT      sign, presign, transfer, all
  --quick   fewer processes, fewer and shorter repeats
  --write   put the results into docs/benchmarks.md as well";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Sign,
    Presign,
    Transfer,
}

impl What {
    const ALL: [(&str, Self); 3] =
        [("sign", Self::Sign), ("presign", Self::Presign), ("transfer", Self::Transfer)];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Quick,
    Full,
}

impl Effort {
    /// As child processes are told.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        [Self::Quick, Self::Full].into_iter().find(|effort| effort.word() == word)
    }
}

#[derive(Debug)]
pub struct Arguments {
    pub what: Vec<What>,
    pub effort: Effort,
    pub write: bool,
}

impl Arguments {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed = Self { what: Vec::new(), effort: Effort::Full, write: false };
        for argument in arguments {
            match argument.as_str() {
                "--quick" => parsed.effort = Effort::Quick,
                "--write" => parsed.write = true,
                "all" => parsed.what.extend(What::ALL.map(|(_, what)| what)),
                name => match What::ALL.iter().find(|(known, _)| *known == name) {
                    Some((_, what)) => parsed.what.push(*what),
                    None => return Err(format!("unknown argument {name:?}")),
                },
            }
        }
        if parsed.what.is_empty() {
            return Err("nothing to measure".to_owned());
        }
        Ok(parsed)
    }
}
