//! `rollcall scan`: flaws of pipeline definitions. No database, no configuration, no network.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use domain::trust::scan::{self, Issue};

mod join;
mod keep;

pub use keep::keep;

use super::out;

/// Deepest folder walked into.
const DEEPEST: usize = 40;

/// Scan GitHub workflows, composite actions, GitLab CI, Azure Pipelines and CircleCI for flaws around identities.
///
/// Folders are walked for `.github/workflows/*.yml`, `action.yml`, `*.gitlab-ci.yml`, `azure-pipelines*.yml` and
/// `.circleci/config.yml`; a file named by hand is scanned whatever its name. With --save the findings are kept for
/// --repository in the database, and those of its last scan that are so no more are resolved. Exit code 0: clean; 1:
/// findings; 2: something cannot be read (the rest is scanned).
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print JSON; the same as `--format json`.
    #[arg(long)]
    json: bool,
    /// Keep what is found for the repository, in the inbox: beside the database only.
    #[arg(long, requires = "repository")]
    save: bool,
    #[command(flatten)]
    join: join::Joining,
}

impl Args {
    /// What is found is kept, which needs the database.
    pub const fn keeps(&self) -> bool {
        self.save
    }
}

/// A form of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
}

/// Scans and prints.
pub fn run(args: &Args) -> ExitCode {
    let mut found = Vec::new();
    let (files, mut unreadable) = walked(&args.paths);
    for path in &files {
        match one(path) {
            Ok(issues) => found.extend(issues),
            Err(why) => {
                out::complain(&format!("error: {}: {why}", path.display()));
                unreadable += 1;
            }
        }
    }
    let format = if args.json { Format::Json } else { args.format };
    let joined = args.join.run(&files).unwrap_or_else(|why| {
        out::complain(&format!("error: {why}"));
        unreadable += 1;
        join::Told::default()
    });
    print(format, &found, &joined, files.len());
    if unreadable > 0 {
        ExitCode::from(2)
    } else if found.is_empty() && joined.findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The files below the paths, and how many paths cannot be read; each is complained of.
fn walked(paths: &[PathBuf]) -> (Vec<PathBuf>, usize) {
    let (mut files, mut unreadable) = (Vec::new(), 0);
    for path in paths {
        if let Err(why) = walk(path, 0, path.is_file(), &mut files) {
            out::complain(&format!("error: {why}"));
            unreadable += 1;
        }
    }
    files.sort();
    files.dedup();
    (files, unreadable)
}

fn one(path: &Path) -> Result<Vec<Issue>, String> {
    let bytes = std::fs::read(path).map_err(|why| why.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "not UTF-8".to_owned())?;
    scan::scan(
        &path.display().to_string(),
        text.trim_start_matches('\u{feff}'),
    )
}

/// Collects files; links inside folders are not followed.
fn walk(path: &Path, depth: usize, named: bool, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let told = |why: std::io::Error| format!("{}: {why}", path.display());
    let kind = if depth == 0 {
        std::fs::metadata(path)
    } else {
        std::fs::symlink_metadata(path)
    };
    let kind = kind.map_err(told)?;
    if kind.is_file() {
        if named || scan::is_pipeline(&path.display().to_string()) {
            files.push(path.to_owned());
        }
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default();
    if !kind.is_dir()
        || depth > DEEPEST
        || depth > 0 && (name == ".git" || name == "node_modules" || name == "target")
    {
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(told)? {
        walk(&entry.map_err(told)?.path(), depth + 1, false, files)?;
    }
    Ok(())
}

fn print(format: Format, found: &[Issue], joined: &join::Told, files: usize) {
    let pretty =
        |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    match format {
        Format::Json => {
            let mut all = found
                .iter()
                .filter_map(|it| serde_json::to_value(it).ok())
                .collect::<Vec<_>>();
            all.extend(joined.findings.iter().cloned());
            out::say(&pretty(&all.into()));
        }
        Format::Sarif => out::say(&pretty(&scan::sarif(found, env!("CARGO_PKG_VERSION")))),
        Format::Text => {
            for it in found {
                out::say(&format!(
                    "{}:{}:{}: {} [{}] {}",
                    it.path,
                    it.position.line,
                    it.position.column,
                    it.severity.as_str(),
                    it.rule,
                    it.message
                ));
                out::say(&format!("    why: {}", it.why));
                out::say(&format!("    fix: {}", it.fix));
            }
            joined.print();
            let count = |n: usize, what: &str| {
                if n == 1 {
                    format!("1 {what}")
                } else {
                    format!("{n} {what}s")
                }
            };
            out::say(&format!(
                "{} in {}",
                count(found.len() + joined.findings.len(), "finding"),
                count(files, "file")
            ));
        }
    }
}
