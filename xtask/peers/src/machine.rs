//! What machine this is: a number without it means little.

use std::fs;
use std::process::Command;
use std::thread;

/// One line: processor, cores, what makes hashing fast, memory, kernel, compiler.
pub fn describe() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line =
            cpu.lines().find(|line| line.split(':').next().is_some_and(|n| n.trim() == name));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    };
    let model =
        if field("model name").is_empty() { "unknown processor" } else { field("model name") };
    let flags = field("flags");
    let has = |flag: &str| flags.split(' ').any(|one| one == flag);
    let features: Vec<_> =
        [("sha_ni", "SHA-NI"), ("avx512f", "AVX-512"), ("vpclmulqdq", "VPCLMULQDQ")]
            .into_iter()
            .filter(|(flag, _)| has(flag))
            .map(|(_, name)| name)
            .collect();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok());
    let memory = kib.map_or("unknown".to_owned(), |kib| format!("{} GiB", kib.div_ceil(1 << 20)));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "{model}, {cores} cores, {}; {memory} memory; Linux {}; {}",
        if features.is_empty() { "no SHA extensions".to_owned() } else { features.join(" ") },
        kernel.trim(),
        compiler(),
    )
}

/// How busy the machine is: processes that want to run, over the last minute.
pub fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("?").to_owned()
}

fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output().ok();
    let version = version.and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or("unknown compiler".to_owned(), |version| version.trim().to_owned())
}
