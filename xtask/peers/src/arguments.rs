//! The command line.

pub const USAGE: &str = "\
usage: cargo run --release --manifest-path xtask/peers/Cargo.toml -- [--quick] [--write] WHAT...
  WHAT      sign, presign, all
  --quick   fewer processes, fewer and shorter repeats
  --write   put the results into docs/benchmarks.md as well";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Sign,
    Presign,
}

impl What {
    const ALL: [(&str, Self); 2] = [("sign", Self::Sign), ("presign", Self::Presign)];
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    Quick,
    Full,
}

#[derive(Debug)]
pub struct Arguments {
    pub what: Vec<What>,
    pub effort: Effort,
    pub write: bool,
    /// Measures in this process and prints the rows for the parent; not for people.
    pub is_child: bool,
}

impl Arguments {
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut parsed =
            Self { what: Vec::new(), effort: Effort::Full, write: false, is_child: false };
        for argument in arguments {
            match argument.as_str() {
                "--quick" => parsed.effort = Effort::Quick,
                "--child" => parsed.is_child = true,
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
