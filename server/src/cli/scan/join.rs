//! `rollcall scan … --trust`: each job joined to the identities it can become, and what protects them; SARIF of others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::trust::scan::{Imported, import_sarif};
use domain::trust::{self, Forge, Governance, Guarded, Home, Meeting, Named, Reach};
use serde_json::{Value, json};

use crate::cli::out::{complain, say};

/// What the pipelines are joined with.
#[derive(Debug, clap::Args)]
pub struct Joining {
    /// Repository the pipelines are of, as `owner/name`; asked for with `--trust` and `--save`.
    #[arg(long, value_name = "OWNER/NAME")]
    pub repository: Option<String>,
    /// Where the repository lives: `github` or `gitlab`; told from the files where it is not said.
    #[arg(long, value_name = "FORGE", value_parser = ["github", "gitlab"])]
    forge: Option<String>,
    /// Address of a forge of one's own, such as `https://gitlab.acme.test`.
    #[arg(long, value_name = "URL", default_value = "")]
    pub host: String,
    /// Ids of owner and repository, as `123:456`: subjects with ids are tried too.
    #[arg(long, value_name = "OWNER_ID:ID", value_parser = ids)]
    pub repository_ids: Option<(String, String)>,
    /// Default branch of the repository; `main` where neither this nor the protections tell.
    #[arg(long, default_value = "")]
    pub default_branch: String,
    /// Trust documents the jobs are joined with.
    #[arg(long, value_name = "FILE")]
    trust: Vec<PathBuf>,
    /// The repository, branch protections, rulesets and environments, as the GitHub or GitLab API prints them; used with
    /// `--trust` and `--save`.
    #[arg(long, value_name = "FILE")]
    pub governance: Vec<PathBuf>,
    /// Results of other tools (zizmor, poutine), told or kept beside these.
    #[arg(long, value_name = "FILE")]
    pub sarif: Vec<PathBuf>,
}

fn ids(text: &str) -> Result<(String, String), String> {
    text.split_once(':')
        .map(|(owner, id)| (owner.to_owned(), id.to_owned()))
        .ok_or_else(|| "two ids with a colon between them".to_owned())
}

/// What the join tells.
#[derive(Debug, Default)]
pub struct Told {
    reaches: Vec<Reach>,
    meetings: Vec<Meeting>,
    imported: Vec<Imported>,
    /// Findings in the shape of the scan's own.
    pub findings: Vec<Value>,
}

impl Joining {
    /// The forge that was named, else the one the files are written for.
    pub fn forge(&self, files: &[PathBuf]) -> Forge {
        let told = self.forge.as_deref().and_then(Forge::of);
        told.unwrap_or_else(|| {
            let gitlab = |path: &PathBuf| path.display().to_string().contains(".gitlab");
            if !self.host.is_empty() || !files.is_empty() && files.iter().any(gitlab) {
                Forge::Gitlab
            } else {
                Forge::Github
            }
        })
    }

    /// Joins the workflow files with the trusts named, and reads the results of others.
    pub fn run(&self, files: &[PathBuf]) -> Result<Told, String> {
        let mut told = Told::default();
        for path in &self.sarif {
            let results =
                import_sarif(&text(path)?).map_err(|why| format!("{}: {why}", path.display()))?;
            for problem in &results.problems {
                complain(&format!("{}: {problem}", path.display()));
            }
            told.imported.extend(results.found);
        }
        if !self.trust.is_empty() {
            self.join(files, &mut told)?;
        }
        let place = |line: u64| json!({"line": line.max(1), "column": 1});
        told.findings = told
            .meetings
            .iter()
            .map(|it| {
                json!({"rule": it.rule, "severity": it.severity, "confidence": "likely", "message": it.message,
                    "path": it.path, "position": place(1), "why": trust::rationale(it.rule),
                    "fix": it.fix, "identity": it.identity})
            })
            .chain(told.imported.iter().map(|it| {
                json!({"rule": it.rule, "severity": it.severity, "confidence": "likely", "message": it.message,
                    "path": it.path, "position": place(it.line), "why": format!("Found by {}.", it.tool),
                    "fix": "See the tool\u{2019}s own page of the rule.", "tool": it.tool})
            }))
            .collect();
        Ok(told)
    }

    fn join(&self, files: &[PathBuf], told: &mut Told) -> Result<(), String> {
        let name = self
            .repository
            .clone()
            .ok_or("--trust needs --repository OWNER/NAME: subjects are its")?;
        let home = Home {
            forge: self.forge(files),
            name,
            ids: self.repository_ids.clone(),
            default_branch: self.default_branch.clone(),
            host: self.host.clone(),
        };
        let mut workflows = BTreeMap::new();
        for path in files {
            let shown = path.display().to_string();
            let inside = shown
                .find(".github/workflows/")
                .map_or(shown.as_str(), |at| &shown[at..]);
            workflows.insert(inside.to_owned(), text(path)?);
        }
        let mut trusts: Vec<Named> = Vec::new();
        for path in &self.trust {
            let bytes = text(path)?;
            let read = trust::read_all(bytes.as_bytes(), None)
                .map_err(|why| format!("{}: {why}", path.display()))?;
            trusts.extend(read.into_iter().map(|mut it| {
                if it.name.is_empty() {
                    it.name = path.display().to_string();
                }
                it
            }));
        }
        let guarded: Vec<Guarded> = trusts
            .iter()
            .map(|it| Guarded {
                name: &it.name,
                target: "",
                trust: &it.trust,
            })
            .collect();
        let answers = self
            .governance
            .iter()
            .map(|path| text(path))
            .collect::<Result<Vec<_>, _>>()?;
        let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
        let joined = trust::join(
            &home,
            &trust::jobs_of(&workflows),
            &guarded,
            &Governance::read(&answers)?,
        );
        told.reaches = joined.reaches;
        told.meetings = joined.findings;
        Ok(())
    }
}

impl Told {
    /// Prints for people.
    pub fn print(&self) {
        for it in &self.reaches {
            let sure = if it.uncertain {
                " (cannot be told for certain)"
            } else {
                ""
            };
            say(&format!(
                "{}: job {} can become {} as {}{sure}",
                it.path, it.job, it.identity, it.subject
            ));
        }
        for it in &self.meetings {
            say(&format!(
                "{}: {} [{}] {}",
                it.path,
                it.severity.as_str(),
                it.rule,
                it.message
            ));
            say(&format!("    fix: {}", it.fix));
        }
        for it in &self.imported {
            say(&format!(
                "{}:{}: {} [{} {}] {}",
                it.path,
                it.line,
                it.severity.as_str(),
                it.tool,
                it.rule,
                it.message
            ));
        }
    }
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|why| format!("{}: {why}", path.display()))
}
