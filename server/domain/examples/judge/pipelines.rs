//! Workflows per second on one core, and the ratio to `zizmor --offline` over the same files: the workflows inside
//! the crates of the cargo registry.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use domain::trust::scan::{is_pipeline, scan};

const RUNS: usize = 3;

/// Workflows of the crates in the cargo registry.
fn corpus() -> Vec<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
        PathBuf::from,
    );
    let crates = |dir: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(dir)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .map(|it| it.path())
            .collect()
    };
    crates(&home.join("registry/src"))
        .iter()
        .flat_map(|index| crates(index))
        .flat_map(|folder| crates(&folder.join(".github/workflows")))
        .filter(|path| is_pipeline(&path.display().to_string()))
        .collect()
}

/// Scans, and has zizmor scan where it can be found (`ZIZMOR` names it).
pub fn run() {
    let files = corpus();
    if files.is_empty() {
        println!("scan             skipped: no workflows in the cargo registry");
        return;
    }
    let (mut ours, mut found) = (Vec::new(), 0);
    for _ in 0..=RUNS {
        let started = Instant::now();
        found = files
            .iter()
            .filter_map(|path| {
                scan(
                    &path.display().to_string(),
                    &std::fs::read_to_string(path).ok()?,
                )
                .ok()
            })
            .map(|issues| issues.len())
            .sum();
        ours.push(started.elapsed().as_secs_f64());
    }
    let ours = crate::median(ours);
    #[expect(clippy::cast_precision_loss, reason = "hundreds")]
    let n = files.len() as f64;
    let peer = zizmor(&files);
    let told = match peer {
        Some(seconds) => format!(
            "zizmor --offline {:.0}/s; ratio {:.1}",
            n / seconds,
            seconds / ours
        ),
        None => "zizmor not found (set ZIZMOR): no ratio".to_owned(),
    };
    println!(
        "scan             {:>9.0} workflows/s on one core ({} files, {found} findings); {told}",
        n / ours,
        files.len()
    );
}

/// Seconds it takes for the same files, in one process on one core.
fn zizmor(files: &[PathBuf]) -> Option<f64> {
    let program = std::env::var("ZIZMOR").unwrap_or_else(|_| "zizmor".to_owned());
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        Command::new("taskset")
            .args([
                "-c",
                "0",
                &program,
                "--offline",
                "--quiet",
                "--no-exit-codes",
                "--no-config",
                "--format",
                "json",
            ])
            .args(files)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .ok()
            .filter(std::process::ExitStatus::success)?;
        seconds.push(started.elapsed().as_secs_f64());
    }
    Some(crate::median(seconds))
}
