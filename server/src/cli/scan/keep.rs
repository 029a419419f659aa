//! `rollcall scan --save --repository OWNER/NAME …`: what is found is kept for the repository, in the inbox.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use contract::pipelines::Kept;
use domain::trust::scan::Brought;
use service::trust::Named;

use super::Args;
use crate::cli::{Ended, open, out};

/// Reads the files, keeps what is found, and says what became of it.
///
/// # Errors
/// When the database cannot be reached, or nothing of what was named can be kept.
pub async fn keep(args: Args) -> Ended {
    let (files, mut unreadable) = super::walked(&args.paths);
    let mut brought = Brought::default();
    for path in &files {
        match std::fs::read(path) {
            Ok(bytes) => brought.take(&within(path, &args.paths), &bytes),
            Err(why) => {
                out::complain(&format!("error: {}: {why}", path.display()));
                unreadable += 1;
            }
        }
    }
    for (paths, kept) in [
        (&args.join.governance, &mut brought.governance),
        (&args.join.sarif, &mut brought.sarif),
    ] {
        for path in paths {
            kept.push((path.display().to_string(), std::fs::read_to_string(path)?));
        }
    }
    let ids = &args.join.repository_ids;
    let named = Named {
        forge: args.join.forge(&files).as_str().to_owned(),
        name: args.join.repository.clone().unwrap_or_default(),
        host: args.join.host.clone(),
        ids: ids
            .as_ref()
            .map_or_else(String::new, |(owner, id)| format!("{owner}:{id}")),
        default_branch: args.join.default_branch.clone(),
    };
    let opened = open(false).await?;
    let kept = service::trust::keep(&opened.op(), &named, brought).await;
    opened.close().await;
    let kept = kept?;
    print(&args, &kept)?;
    Ok(if unreadable > 0 || !kept.problems.is_empty() {
        ExitCode::from(2)
    } else if kept.standing > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn print(args: &Args, kept: &Kept) -> Result<(), crate::cli::Failure> {
    for (name, why) in &kept.problems {
        out::complain(&format!("error: {name}: {why}"));
    }
    if args.json {
        let json =
            serde_json::to_string(kept).map_err(|why| crate::cli::Failure(why.to_string()))?;
        out::say(&json);
    } else {
        out::say(&format!(
            "{}: {} files read; {} findings opened, {} resolved, {} stand",
            kept.name, kept.files, kept.opened, kept.resolved, kept.standing
        ));
    }
    Ok(())
}

/// The path of a file within its repository: below the folder that was named.
fn within(path: &Path, roots: &[PathBuf]) -> String {
    let below = roots
        .iter()
        .filter(|root| root.is_dir())
        .find_map(|root| path.strip_prefix(root).ok())
        .unwrap_or(path);
    let shown = below.display().to_string().replace('\\', "/");
    for folder in [".github/", ".gitlab/", ".circleci/"] {
        if let Some(at) = shown.find(folder) {
            return shown[at..].to_owned();
        }
    }
    // A file named by hand, such as /srv/shop/.gitlab-ci.yml.
    if below == path {
        return path
            .file_name()
            .unwrap_or(path.as_os_str())
            .to_string_lossy()
            .into_owned();
    }
    shown
}
