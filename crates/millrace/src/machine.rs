//! What this host has.

use std::fs;

use anyhow::Context;
use millrace_control::Resources;

/// Memory and processors of this host, as far as this process may use them.
///
/// # Errors
/// The kernel does not tell.
pub(crate) fn resources() -> anyhow::Result<Resources> {
    let meminfo = fs::read_to_string("/proc/meminfo").context("/proc/meminfo cannot be read")?;
    let memory_bytes = total_memory(&meminfo).context("/proc/meminfo does not tell the memory")?;
    let processors = std::thread::available_parallelism().context("the processors cannot be counted")?;
    Ok(Resources { memory_bytes, cpu_millis: processors.get() as u64 * 1000 })
}

fn total_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::{resources, total_memory};

    #[test]
    fn memory_is_read() {
        assert_eq!(total_memory("MemTotal:        2048 kB\nMemFree: 1 kB\n"), Some(2 << 20));
        assert_eq!(total_memory("MemFree: 1 kB\n"), None);
        let host = resources().unwrap();
        assert!(host.memory_bytes > 64 << 20 && host.cpu_millis >= 1000);
    }
}
