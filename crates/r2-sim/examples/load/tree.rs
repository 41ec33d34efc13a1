//! What a process and all that came of it use, from `/proc`.

use std::collections::HashMap;
use std::fs;

use super::Failure;

/// Linux counts CPU time in hundredths of a second towards programs, whatever it does inside.
const TICKS_PER_SECOND: f64 = 100.0;

/// CPU time so far, and resident memory now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    pub(super) cpu_seconds: f64,
    pub(super) resident_kib: u64,
}

impl Usage {
    /// Of a process, its children, and theirs. What has ended is not counted.
    pub(super) fn of_tree(root: u32) -> Result<Usage, Failure> {
        let mut all = HashMap::new();
        for entry in fs::read_dir("/proc")? {
            let name = entry?.file_name();
            let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            // It may have ended meanwhile.
            if let Some((parent, usage)) = of_process(pid) {
                all.insert(pid, (parent, usage));
            }
        }
        let mut sum = Usage::default();
        for (pid, (_, usage)) in &all {
            let mut at = *pid;
            while at != root && at > 1 {
                at = all.get(&at).map_or(0, |(parent, _)| *parent);
            }
            if at == root {
                sum.cpu_seconds += usage.cpu_seconds;
                sum.resident_kib += usage.resident_kib;
            }
        }
        Ok(sum)
    }
}

fn of_process(pid: u32) -> Option<(u32, Usage)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything, also parentheses.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok());
    let (parent, user, kernel) = (number(1)?, number(11)?, number(12)?);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|value| value.split_whitespace().next()?.parse().ok());
    let cpu_seconds = (f64::from(user) + f64::from(kernel)) / TICKS_PER_SECOND;
    Some((parent, Usage { cpu_seconds, resident_kib: resident.unwrap_or(0) }))
}
