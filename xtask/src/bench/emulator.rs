//! The served emulator beside other people's S3 servers: small requests, and what they cost.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::page;
use crate::cargo::{cargo, output, succeed};
use crate::failure::{Failure, Result};
use crate::interop::{Installing, Place, Server};
use crate::say;
use crate::test::Ledger;

/// How long each operation is measured.
const SECONDS: &str = "4";

/// Ports that a script asks for, at most.
const PORTS: usize = 5;

const STARTS: &str = "9";

/// One server.
struct Contender {
    /// As one may ask for it.
    name: &'static str,
    /// As the table calls it.
    title: &'static str,
    script: &'static str,
    is_ours: bool,
    /// Fixed where the server has no operation to make one.
    bucket: &'static str,
}

const OURS_IN_MEMORY: &str = "memory";
const OURS_IN_A_FOLDER: &str = "folder";

const CONTENDERS: [Contender; 7] = [
    Contender::ours(OURS_IN_MEMORY, "r2-sim in memory"),
    Contender::ours(OURS_IN_A_FOLDER, "r2-sim in a folder, forced to the disk"),
    Contender::theirs("rclone-serve", "rclone 1.75.2 `serve s3`"),
    Contender::theirs("ceph", "Ceph 16 RADOS Gateway, one OSD"),
    Contender { bucket: "test", ..Contender::theirs("oracle", "miniflare 4.20260730.0") },
    Contender::theirs("moto", "moto 5.2.5, no signatures checked"),
    Contender::theirs("swift", "OpenStack Swift 2.38.3, one node"),
];

impl Contender {
    const fn ours(name: &'static str, title: &'static str) -> Self {
        Self { name, title, script: "r2-sim", is_ours: true, bucket: "bench" }
    }

    const fn theirs(name: &'static str, title: &'static str) -> Self {
        Self { name, title, script: name, is_ours: false, bucket: "bench" }
    }
}

const OPERATIONS: [&str; 4] = ["GET", "HEAD", "PUT", "LIST"];

/// What one server was measured to need.
#[derive(Debug, Default)]
struct Needs {
    /// Requests, seconds and CPU seconds by operation.
    requests: BTreeMap<String, (f64, f64, f64)>,
    idle_kib: Option<f64>,
    connection_kib: Option<f64>,
}

impl Needs {
    fn parse(said: &str) -> Result<Self> {
        let mut needs = Self::default();
        for line in said.lines() {
            let (name, numbers) = line.split_once(' ').unwrap_or((line, ""));
            let numbers: Vec<f64> = numbers.split(' ').filter_map(|n| n.parse().ok()).collect();
            match (name, numbers.as_slice()) {
                ("idle", [kib]) => needs.idle_kib = Some(*kib),
                ("connection", [kib]) => needs.connection_kib = Some(*kib),
                (_, [count, seconds, cpu]) => {
                    needs.requests.insert(name.to_owned(), (*count, *seconds, *cpu));
                }
                _ => return Err(Failure::new(format!("not a measurement: {line}"))),
            }
        }
        Ok(needs)
    }

    /// Microseconds of CPU for a request.
    fn cpu(&self, operation: &str) -> Option<f64> {
        let (count, _, cpu) = self.requests.get(operation)?;
        Some(cpu / count.max(1.0) * 1e6)
    }

    fn rate(&self, operation: &str) -> Option<f64> {
        let (count, seconds, _) = self.requests.get(operation)?;
        Some(count / seconds)
    }
}

pub(super) fn run(root: &Path, only: &[String]) -> Result<()> {
    let wants =
        |contender: &&Contender| only.is_empty() || only.iter().any(|n| n == contender.name);
    let contenders: Vec<&Contender> = CONTENDERS.iter().filter(wants).collect();
    let mut ledger = Ledger::default();
    let theirs: Vec<_> = contenders.iter().filter(|c| !c.is_ours).map(|c| c.name).collect();
    let installing = Installing::begin(root, &theirs);
    let examples = ["build", "--quiet", "--release", "--package", "r2-sim", "--examples"];
    succeed(cargo(root).args(examples))?;
    let installed = installing.finish(&mut ledger);
    let mut rows = Vec::new();
    for contender in contenders {
        if !contender.is_ours && !installed.contains(&contender.name) {
            continue;
        }
        let mut needs = None;
        ledger.check(&format!("measure {}", contender.name), || {
            needs = Some(measure(root, contender)?);
            Ok(())
        });
        rows.extend(needs.map(|needs| (contender, needs)));
    }
    let starts = starts(root)?;
    let text = section(&rows, &starts);
    say::line(&text);
    if only.is_empty() {
        page::replace(root, "emulator", &text)?;
    }
    ledger.close()
}

fn example(root: &Path, name: &str) -> Command {
    Command::new(root.join("target/release/examples").join(name))
}

fn measure(root: &Path, contender: &Contender) -> Result<Needs> {
    let serve = example(root, "serve");
    let binary = serve.get_program().to_string_lossy().into_owned();
    let more = [("BINARY", binary.as_str()), ("KIND", contender.name)];
    let server = Server::start(&Place::of(root), contender.script, PORTS, &more)?;
    let find = |name: &str| {
        let found = server.access().iter().find(|(known, _)| known == name);
        let missing = || Failure::new(format!("{} tells no {name}", contender.name));
        found.map(|(_, value)| value.clone()).ok_or_else(missing)
    };
    let mut load = example(root, "load");
    load.arg("requests").arg(find("AWS_ENDPOINT_URL_S3")?).arg(find("AWS_ACCESS_KEY_ID")?);
    load.arg(find("AWS_SECRET_ACCESS_KEY")?).arg(find("AWS_REGION")?).arg(contender.bucket);
    Needs::parse(&output(load.arg(server.process_id().to_string()).arg(SECONDS))?)
}

/// Milliseconds from the start of our program to its first answer, in order.
fn starts(root: &Path) -> Result<Vec<f64>> {
    let mut load = example(root, "load");
    load.args(["start", STARTS]).arg(root.join("target/release/examples/serve"));
    let said = output(&mut load)?;
    let mut times: Vec<f64> = said.lines().filter_map(|line| line.parse().ok()).collect();
    times.sort_by(f64::total_cmp);
    Ok(times)
}

fn section(rows: &[(&Contender, Needs)], starts: &[f64]) -> String {
    let shown = |value: Option<f64>, digits: usize| {
        value.map_or("-".to_owned(), |value| format!("{value:.digits$}"))
    };
    let mut table = vec![vec![String::new()]];
    for operation in OPERATIONS {
        table[0].extend([format!("{operation} µs CPU"), "a second".to_owned()]);
    }
    table[0].extend(["idle MiB".to_owned(), "KiB a connection".to_owned()]);
    for (contender, needs) in rows {
        let mut row = vec![contender.title.to_owned()];
        for operation in OPERATIONS {
            row.push(shown(needs.cpu(operation), 0));
            row.push(shown(needs.rate(operation), 0));
        }
        row.push(shown(needs.idle_kib.map(|kib| kib / 1024.0), 0));
        row.push(shown(needs.connection_kib, 1));
        table.push(row);
    }
    let ratios = ratios(rows);
    let middle = starts.get(starts.len() / 2).copied();
    let (first, last) = (starts.first().copied(), starts.last().copied());
    format!(
        "## The served emulator beside other servers\n\n\
         Objects of 1 KiB, every request signed in its header, 16 keep-alive connections, \
         {SECONDS} seconds of each operation after one to warm up; a LIST shows ten keys. CPU is \
         user and kernel time of the server's whole process tree for one request, from `/proc`; \
         the rate is what the machine gave that minute, and the load generator has its share of \
         the cores. Idle is resident memory before the first request, and `KiB a connection` what \
         a thousand idle connections added that had each asked once; `-` is a server that closes \
         them.\n\n\
         {}\n{ratios}\n\
         From the start of the program to its first answer, in memory: {} ms, the middle of {} \
         starts ({} to {}).\n\n{}\n",
        page::table(&table),
        shown(middle, 1),
        starts.len(),
        shown(first, 1),
        shown(last, 1),
        page::machine(),
    )
}

/// How many times our CPU time the best of the others needs, by operation.
fn ratios(rows: &[(&Contender, Needs)]) -> String {
    let mut said = String::new();
    for (contender, needs) in rows.iter().filter(|(contender, _)| contender.is_ours) {
        let each = OPERATIONS.iter().filter_map(|operation| {
            let theirs = rows.iter().filter(|(contender, _)| !contender.is_ours);
            let best = theirs.filter_map(|(_, needs)| needs.cpu(operation)).reduce(f64::min)?;
            Some(format!("{operation} {:.1}", best / needs.cpu(operation)?))
        });
        let each = each.collect::<Vec<_>>().join(", ");
        if !each.is_empty() {
            let title = contender.title;
            said += &format!("Times the CPU of {title}, the best of the others: {each}.\n");
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_read() {
        let needs = Needs::parse("GET 1000 2.0 0.050\nidle 2048\nconnection 20.5").unwrap();
        assert_eq!(needs.cpu("GET"), Some(50.0));
        assert_eq!(needs.rate("GET"), Some(500.0));
        assert_eq!((needs.cpu("PUT"), needs.connection_kib), (None, Some(20.5)));
        assert!(Needs::parse("GET ten").is_err());
    }

    #[test]
    fn the_best_of_the_others_counts() {
        let of = |cpu: f64| Needs {
            requests: BTreeMap::from([("GET".to_owned(), (1.0, 1.0, cpu))]),
            ..Needs::default()
        };
        let rows =
            [(&CONTENDERS[0], of(1.0)), (&CONTENDERS[2], of(9.0)), (&CONTENDERS[3], of(6.0))];
        assert!(ratios(&rows).ends_with(": GET 6.0.\n"), "{}", ratios(&rows));
    }
}
