//! What the benchmarks share: medians, the memory of a process, the programs under test.

use std::path::PathBuf;

/// The middle of some measurements.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A program of this repository, built with the same profile as the benchmark.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.with_file_name(name);
    anyhow::ensure!(path.exists(), "{} is not there: build it with the same profile", path.display());
    Ok(path)
}

/// Resident memory of a process in MiB: now, and the most it ever was.
pub fn memory(pid: u32) -> anyhow::Result<(f64, f64)> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let mib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<f64>().ok().map(|kib| kib / 1024.0)
    };
    Ok((mib("VmRSS:").unwrap_or(f64::NAN), mib("VmHWM:").unwrap_or(f64::NAN)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_whatever_the_order() {
        assert_eq!(median(vec![5.0, 1.0, 3.0]), 3.0);
    }
}
