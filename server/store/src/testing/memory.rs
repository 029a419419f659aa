//! How much memory a process has held, as Linux tells it (`VmHWM` of `/proc/PID/status`, proc(5)); elsewhere nobody tells.

/// The most memory a process ever held, in KiB; of this one when none is named.
pub fn peak(process: Option<u32>) -> Option<u64> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    read(&status)
}

/// Makes what this process holds now its highest so far; false where that cannot be done.
pub fn forget_peak() -> bool {
    // 5 resets the peak, as proc(5) has it.
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// KiB as MiB.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

fn read(status: &str) -> Option<u64> {
    let rest = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    rest.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_where_the_kernel_tells_it() {
        let status =
            "Name:\tbench\nVmPeak:\t  999999 kB\nVmHWM:\t   12288 kB\nVmRSS:\t    4096 kB\n";
        assert_eq!(read(status), Some(12_288));
        assert!((mib(12_288) - 12.0).abs() < f64::EPSILON);
        for other in [
            "",
            "VmRSS:\t 1 kB\n",
            "VmHWM:\t many kB\n",
            "VmHWM:\t 7 pages\n",
        ] {
            assert_eq!(read(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_process_has_one_where_there_is_proc() {
        let own = peak(None);
        let told = std::path::Path::new("/proc/self/status").exists();
        assert_eq!(own.is_some_and(|kib| kib > 0), told);
        assert!(peak(Some(std::process::id())) >= own);
        // No process has this number: the kernel's highest is 4194304.
        assert_eq!(peak(Some(u32::MAX)), None);
    }
}
