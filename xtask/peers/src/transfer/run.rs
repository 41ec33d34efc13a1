//! The jobs, the processes they run in, and the table of what they took.

use super::usage::Usage;
use super::{clients, server};
use crate::{arguments::Effort, report::Section};
use std::error::Error;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::{array, env};

pub(super) const TRANSFER_BYTES: u64 = 1 << 30;
/// What every byte is: not zero, so that a hole in a file is seen.
pub(super) const FILLING: u8 = b'Z';
pub(super) const PART_BYTES: u64 = 10 << 20;
pub(super) const IN_FLIGHT: u16 = 4;
/// What a transfer of 1 GiB may hold, by the project's own aim.
const MEMORY_BYTES_MAX: u64 = 64 << 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

/// Who does what; the word starts the child process.
const JOBS: [(&str, &str, Way); 4] = [
    ("ours-up", "upload: r2-multipart", Way::Up),
    ("theirs-up", "upload: object_store 0.14.2", Way::Up),
    ("ours-down", "download: r2-multipart", Way::Down),
    ("theirs-down", "download: object_store 0.14.2", Way::Down),
];

/// One transfer, or the server, in this process.
pub fn child(words: &[&str]) -> Result<(), Box<dyn Error>> {
    match words {
        ["serve"] => server::serve(),
        [job, port, path] => {
            let usage = clients::run(job, port.parse()?, Path::new(path))?;
            println!("{}", usage.line());
            Ok(())
        }
        _ => Err("not a transfer".into()),
    }
}

pub fn run(effort: Effort) -> Result<Section, Box<dyn Error>> {
    let runs = match effort {
        Effort::Quick => 1,
        Effort::Full => 5,
    };
    let directory = tempfile::tempdir()?;
    let source = directory.path().join("source");
    fill(&source)?;
    let server = Server::start()?;
    let mut usages: [Vec<Usage>; JOBS.len()] = array::from_fn(|_| Vec::new());
    for _ in 0..runs {
        for (usages, (job, _, way)) in usages.iter_mut().zip(JOBS) {
            let target = directory.path().join("target");
            let path = if way == Way::Up { &source } else { &target };
            usages.push(server.transfer(job, way, path)?);
        }
    }
    let head = ["", "peak MiB", "of it before", "CPU s", "seconds"];
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for ((_, name, _), usages) in JOBS.iter().zip(&usages) {
        table.push(row(name, usages));
    }
    let over = usages.iter().zip(JOBS).filter(|(_, (job, ..))| job.starts_with("ours"));
    let over = over.flat_map(|(usages, _)| usages).any(|usage| usage.peak_bytes > MEMORY_BYTES_MAX);
    let verdict =
        if over { "Ours is over its own limit of 64 MiB." } else { "Ours stays below 64 MiB." };
    let notes = format!(
        "A file of 1 GiB to and from a server in another process, plain HTTP on loopback, parts \
         of 10 MiB, four requests in flight, everything else as it comes. Without TLS both sign \
         the SHA-256 of what they upload. Ours also computes and sends a CRC64NVME for each part \
         and for the whole; downloading, it fetches ranges, keeps a journal to go on with and \
         forces the file to the disk. object_store uploads by its `WriteMultipart`, and downloads \
         by its stream, in one request, without any of that.\n\n\
         Peak is the most memory that was ever resident (`VmHWM`), the highest of the runs; `of \
         it before` is what the process held when the transfer began. CPU, user and kernel, and \
         time are medians with the lowest and the highest. Where those ranges overlap this table \
         does not say who is faster: both depend on the disk and on what else the machine does. \
         {verdict}"
    );
    Ok(Section::new("transfer", "Moving 1 GiB", notes, table, format!("{runs} runs each")))
}

fn row(name: &str, usages: &[Usage]) -> Vec<String> {
    let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
    let most = |field: fn(&Usage) -> u64| usages.iter().map(field).max().unwrap_or(0);
    let range = |field: fn(&Usage) -> f64| {
        let values = || usages.iter().map(field);
        let (lowest, highest) =
            (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
        format!("{:.2} ({lowest:.2} to {highest:.2})", crate::measure::median(values()))
    };
    vec![
        name.to_owned(),
        mib(most(|usage| usage.peak_bytes)),
        mib(most(|usage| usage.before_bytes)),
        range(|usage| usage.cpu_seconds),
        range(|usage| usage.seconds),
    ]
}

fn fill(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = File::create(path)?;
    let block = vec![FILLING; 1 << 20];
    for _ in 0..TRANSFER_BYTES / (1 << 20) {
        file.write_all(&block)?;
    }
    Ok(())
}

/// The server's process; it ends when its input does, so it cannot outlive this one.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start() -> Result<Self, Box<dyn Error>> {
        let mut process =
            child_process(&["serve"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        Ok(Self { port: line.trim().parse()?, process })
    }

    fn transfer(&self, job: &str, way: Way, path: &Path) -> Result<Usage, Box<dyn Error>> {
        self.received()?;
        if way == Way::Down && path.exists() {
            fs::remove_file(path)?;
        }
        let text = path.to_str().ok_or("a temporary path is text")?;
        let output = child_process(&[job, &self.port.to_string(), text])
            .stderr(Stdio::inherit())
            .output()?;
        let line = String::from_utf8(output.stdout)?;
        let usage = Usage::parse(line.trim()).filter(|_| output.status.success());
        let usage = usage.ok_or_else(|| format!("{job} failed: {}", output.status))?;
        let arrived = match way {
            Way::Up => self.received()?,
            Way::Down => good_bytes(path)?,
        };
        if arrived != TRANSFER_BYTES {
            return Err(format!("{job}: {arrived} good bytes arrived of {TRANSFER_BYTES}").into());
        }
        Ok(usage)
    }

    /// Good bytes in bodies of PUT since the last time it was asked.
    fn received(&self) -> Result<u64, Box<dyn Error>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.write_all(b"GET /received HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply)?;
        let (_, body) = reply.split_once("\r\n\r\n").ok_or("no reply")?;
        Ok(body.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn child_process(words: &[&str]) -> Command {
    let mut command = Command::new(env::current_exe().unwrap_or_else(|_| "r2-peers".into()));
    command.args(["--child", "transfer"]).args(words);
    command
}

/// The length of a file that is filled with what it should be; an error names the first other byte.
fn good_bytes(path: &Path) -> Result<u64, Box<dyn Error>> {
    let mut file = File::open(path)?;
    let mut block = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let length = file.read(&mut block)?;
        if length == 0 {
            return Ok(bytes);
        }
        if let Some(at) = block[..length].iter().position(|&byte| byte != FILLING) {
            return Err(format!("byte {} is wrong", bytes + at as u64).into());
        }
        bytes += length as u64;
    }
}
