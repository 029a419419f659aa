//! `rollcall import`: inventory from files, after a look at what it would change.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contract::imports::{ImportFormat, ImportKind, ImportLine, ImportOutcome, ImportReport};
use domain::import::Hint;
use service::imports::{Input, Progress};

use super::{Ended, Failure, normalize, open, out};

/// Import identities, credentials, permissions, trusts, teams, people and runners from CSV, JSON or a vendor's own list.
///
/// Vendors' lists are taken as their tools print them: AWS credential report, aws iam
/// get-account-authorization-details, az ad app list and sp list with federated credentials, gcloud iam
/// service-accounts list and keys list, GitHub actions/secrets, installations and runners, GitLab runners, kubectl get
/// serviceaccounts -o json, and CODEOWNERS files, which suggest who owns a pipeline.
///
/// Each file is one transaction: with a wrong row nothing of it is saved, unless --skip-errors takes the good ones.
/// The same file again changes nothing. The exit code is 1 when a row could not be taken as the file says.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files to read; `-` is standard input. Before them may stand what they are about, as a word: `runners FILE`.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would happen and save nothing.
    #[arg(long, short = 'n')]
    dry_run: bool,
    /// The shape of the files, where their content does not tell it.
    #[arg(long, value_parser = format_word)]
    format: Option<ImportFormat>,
    /// What the rows are about: identities, credentials, permissions, trusts, teams, people or runners.
    #[arg(long, value_parser = kind_word)]
    kind: Option<ImportKind>,
    /// Take a column for a field, as COLUMN=FIELD; nothing after the sign leaves the column out.
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = mapping)]
    mapping: Vec<(String, String)>,
    /// The identity or repository that a vendor's list belongs to, where the vendor does not print it.
    #[arg(long = "for", visible_alias = "identity", value_name = "NAME")]
    subject: Option<String>,
    /// Save the good rows of a file that has wrong ones.
    #[arg(long)]
    skip_errors: bool,
    /// Print the report as JSON, one object a file.
    #[arg(long)]
    json: bool,
}

fn format_word(word: &str) -> Result<ImportFormat, String> {
    one_of(word, ImportFormat::ALL, ImportFormat::as_str)
}

fn kind_word(word: &str) -> Result<ImportKind, String> {
    one_of(word, ImportKind::ALL, ImportKind::as_str)
}

fn one_of<T: Copy>(word: &str, all: &[T], name: fn(T) -> &'static str) -> Result<T, String> {
    let plain = word.to_lowercase().replace('-', "_");
    all.iter()
        .copied()
        .find(|one| name(*one) == plain)
        .ok_or_else(|| {
            let words: Vec<&str> = all.iter().map(|one| name(*one)).collect();
            format!("one of {}", words.join(", "))
        })
}

fn mapping(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(column, field)| (column.trim().to_owned(), field.trim().to_owned()))
        .filter(|(column, _)| !column.is_empty())
        .ok_or_else(|| "write COLUMN=FIELD".to_owned())
}

/// Imports the files, one transaction each, and says what each did.
///
/// # Errors
/// When a file cannot be read or the database cannot be reached.
pub async fn run(args: Args) -> Ended {
    let args = worded(args);
    let mut files = Vec::with_capacity(args.files.len());
    for path in &args.files {
        files.push((path, normalize::read(path)?));
    }
    let opened = open(false).await?;
    let mut whole = true;
    let mut outcome = Ok(());
    for (path, bytes) in files {
        let name = file_name(path);
        let op = opened.op();
        let input = Input {
            file: &name,
            bytes: &bytes,
            hint: hint(&args, op.now),
            dry_run: args.dry_run,
            skip_problems: args.skip_errors,
            kept: None,
        };
        match service::imports::run(&op, &input, &told).await {
            Ok(report) => {
                clear();
                whole &= report.problem_count == 0 && report.total(ImportOutcome::Conflict) == 0;
                outcome = print(&args, &report);
            }
            Err(error) => outcome = Err(Failure::from(error)),
        }
        if outcome.is_err() {
            break;
        }
    }
    opened.close().await;
    outcome?;
    Ok(if whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Takes a first word that names a kind, and no file, for what the files after it are about.
fn worded(mut args: Args) -> Args {
    let word = args.files.first().and_then(|first| first.to_str());
    let kind = word.and_then(|word| kind_word(word).ok());
    let said = args.kind.is_none() && args.files.len() > 1 && !args.files[0].exists();
    if said && kind.is_some() {
        args.kind = kind;
        args.files.remove(0);
    }
    args
}

fn hint(args: &Args, now: chrono::DateTime<chrono::Utc>) -> Hint {
    Hint {
        format: args.format,
        kind: args.kind,
        mapping: args.mapping.clone(),
        subject: args.subject.clone(),
        now,
    }
}

fn file_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "standard input".to_owned();
    }
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// A line that is written over, for somebody who watches.
fn told(progress: Progress) {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let _ = write!(
            err,
            "\r{} rows read, {} problems",
            progress.rows, progress.problems
        );
    }
}

fn clear() {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let _ = write!(err, "\r\x1b[K");
    }
}

fn print(args: &Args, report: &ImportReport) -> Result<(), Failure> {
    if args.json {
        let json = serde_json::to_string(report).map_err(|error| Failure(error.to_string()))?;
        out::say(&json);
        return Ok(());
    }
    let file = &report.file;
    out::say(&format!(
        "{file}: {}, {} rows",
        report.format.label(),
        report.rows
    ));
    for count in &report.counts {
        out::say(&format!(
            "  {}: {} new, {} changed, {} unchanged, {} in conflict",
            count.kind.label(),
            count.create,
            count.update,
            count.unchanged,
            count.conflict
        ));
    }
    for line in &report.lines {
        match line.outcome {
            ImportOutcome::Conflict => {
                out::complain(&format!("{file}: conflict {}", told_line(line)));
            }
            ImportOutcome::Update | ImportOutcome::Create if args.dry_run => {
                out::say(&format!(
                    "  {} {}",
                    line.outcome.label().to_lowercase(),
                    told_line(line)
                ));
            }
            _ => {}
        }
    }
    for note in &report.notes {
        out::say(&format!("  note: {note}"));
    }
    for problem in &report.problems {
        out::complain(&format!("{file}: {problem}"));
    }
    let unlisted = report.problem_count - i64::try_from(report.problems.len()).unwrap_or(0);
    if unlisted > 0 {
        out::complain(&format!("{file}: and {unlisted} more problems"));
    }
    out::say(&ending(args, report));
    Ok(())
}

fn told_line(line: &ImportLine) -> String {
    let list = if line.list.is_empty() {
        String::new()
    } else {
        format!("{} ", line.list)
    };
    let head = format!("{list}row {}: {}", line.row, line.name);
    if !line.reason.is_empty() {
        return format!("{head}: {}", line.reason);
    }
    if line.outcome == ImportOutcome::Create {
        return format!("{head} ({})", line.kind.label().to_lowercase());
    }
    let changes: Vec<String> = line
        .changes
        .iter()
        .map(|(field, before, after)| match before.as_str() {
            "" => format!("{field}: {after}"),
            _ => format!("{field}: {before} -> {after}"),
        })
        .collect();
    format!("{head}: {}", changes.join("; "))
}

fn ending(args: &Args, report: &ImportReport) -> String {
    let file = &report.file;
    if report.applied && report.problem_count > 0 {
        format!(
            "{file}: saved without the {} problems above",
            report.problem_count
        )
    } else if report.applied {
        format!("{file}: saved")
    } else if report.problem_count > 0 && !args.skip_errors {
        format!(
            "{file}: {} problems, so nothing was saved",
            report.problem_count
        )
    } else {
        format!("{file}: dry run, nothing was saved")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        args: Args,
    }

    #[test]
    fn a_first_word_may_say_what_the_files_are_about() {
        let read = |words: &[&str]| {
            let line = Line::try_parse_from(std::iter::once(&"import").chain(words));
            let args = worded(line.expect("a command line").args);
            (args.kind, args.files)
        };
        let file = || vec![PathBuf::from("list.json")];
        assert_eq!(
            read(&["runners", "list.json"]),
            (Some(ImportKind::Runners), file())
        );
        assert_eq!(
            read(&["--kind", "teams", "list.json"]),
            (Some(ImportKind::Teams), file())
        );
        assert_eq!(read(&["list.json"]), (None, file()));
        // Alone it is a file of that name.
        assert_eq!(read(&["runners"]), (None, vec![PathBuf::from("runners")]));
    }
}
