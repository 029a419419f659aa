//! Who answers for a file of a repository, as its CODEOWNERS file says: the hint whose pipelines they are.
//!
//! Shapes: GitHub Docs “About code owners” (of each file the last line that matches counts; a line without owners
//! says nobody) and GitLab Docs “Code Owners syntax” (sections, each with a last match of its own, and owners that
//! hold for lines without any). Patterns are those of gitignore, without negation and without `[ ]` (both docs).

use ignore::gitignore::GitignoreBuilder;
use serde::{Deserialize, Serialize};

use contract::identities::SelectorKind;

use crate::event::selectors::{Selector, coarse};
use crate::event::subject;

/// Longest file read, in bytes: GitHub ignores longer ones.
pub const MAX_FILE: usize = 3 * 1024 * 1024;

/// The file a pipeline is taken to be when its names do not tell its workflow.
const SOME_WORKFLOW: &str = ".github/workflows/workflow.yml";
/// The file of every GitLab pipeline.
const GITLAB: &str = ".gitlab-ci.yml";

/// One line of a CODEOWNERS file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its line, from 1.
    pub line: u32,
    /// The section it stands in (GitLab); empty outside of one.
    pub section: String,
    /// Which files it speaks of.
    pub pattern: String,
    /// Who answers, as written: `@login`, `@organisation/team`, or an e-mail address. Nobody when empty.
    pub owners: Vec<String>,
}

/// A line that cannot be taken: its number and why.
pub type Problem = (u32, String);

/// Reads a file. Comments and empty lines give nothing.
pub fn read(text: &str) -> (Vec<Rule>, Vec<Problem>) {
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    let (mut section, mut standing) = (String::new(), Vec::new());
    for (number, line) in (1_u32..).zip(text.lines()) {
        let line = without_comment(line).trim();
        if line.is_empty() {
            continue;
        }
        if let Some((name, owners)) = heading(line) {
            (section, standing) = (name, owners);
            continue;
        }
        match rule(number, &section, &standing, line) {
            Ok(rule) => rules.push(rule),
            Err(why) => problems.push((number, why)),
        }
    }
    (rules, problems)
}

/// `#` begins a comment, at the start of a line or after a space.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(before, _)| before)
}

/// `[Section] @owner`, `^[Optional section]`, `[Section][2]`.
fn heading(line: &str) -> Option<(String, Vec<String>)> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = rest.split_once(']')?;
    // `[a-z].rs @x` is a pattern neither vendor takes; a section's name is followed by a count or by owners.
    let rest = match rest.strip_prefix('[') {
        Some(count) => count.split_once(']')?.1,
        None => rest,
    };
    let owners: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
    owners
        .iter()
        .all(|owner| owner.contains('@'))
        .then(|| (name.trim().to_owned(), owners))
}

fn rule(line: u32, section: &str, standing: &[String], text: &str) -> Result<Rule, String> {
    // A space of a path is written `\ `.
    let joined = text.replace("\\ ", "\u{0}");
    let mut words = joined
        .split_whitespace()
        .map(|word| word.replace('\u{0}', " "));
    let pattern = words.next().unwrap_or_default();
    if pattern.starts_with('!') {
        return Err("“!” takes nothing back in a CODEOWNERS file".to_owned());
    }
    if pattern.contains(['[', ']']) {
        return Err("“[ ]” is no range in a CODEOWNERS file".to_owned());
    }
    let mut owners: Vec<String> = words.collect();
    if let Some(odd) = owners.iter().find(|owner| !owner.contains('@')) {
        let shown: String = odd.chars().take(60).collect();
        return Err(format!(
            "“{shown}” is no owner: write @login, @organisation/team or an e-mail address"
        ));
    }
    if owners.is_empty() {
        owners = standing.to_vec();
    }
    let rule = Rule {
        line,
        section: section.to_owned(),
        pattern,
        owners,
    };
    if matcher(&rule.pattern).is_none() {
        return Err("is no pattern of files".to_owned());
    }
    Ok(rule)
}

fn matcher(pattern: &str) -> Option<ignore::gitignore::Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    builder.add_line(None, pattern).ok()?;
    builder.build().ok()
}

/// The rules that say who answers for a file: of each section the last that matches.
pub fn answering<'r>(rules: &'r [Rule], path: &str) -> Vec<&'r Rule> {
    let mut found: Vec<&Rule> = Vec::new();
    for rule in rules {
        let matches = matcher(&rule.pattern).is_some_and(|one| {
            if rule.pattern.ends_with("/*") {
                // GitHub: `docs/*` speaks of the files of that folder alone.
                one.matched(path, false).is_ignore()
            } else {
                one.matched_path_or_any_parents(path, false).is_ignore()
            }
        });
        if matches {
            found.retain(|other| other.section != rule.section);
            found.push(rule);
        }
    }
    found
}

/// The repository an identity works for (in lower case) and the file that defines it, where its names tell.
pub fn workplace(selectors: &[Selector]) -> Option<(String, String)> {
    selectors
        .iter()
        .find_map(|(kind, issuer, value)| match kind {
            SelectorKind::OidcSubject => {
                let repository = subject::parse(issuer, value).repository?;
                let gitlab = value.starts_with("project_path:");
                let file =
                    workflow_of(value).unwrap_or(if gitlab { GITLAB } else { SOME_WORKFLOW });
                Some((repository.full_name().to_lowercase(), file.to_owned()))
            }
            SelectorKind::Repository => {
                let repository = value.split("/.github/").next().unwrap_or(value);
                let repository = coarse(repository);
                let file = workflow_of(value).unwrap_or(SOME_WORKFLOW);
                repository
                    .contains('/')
                    .then(|| (repository, file.to_owned()))
            }
            _ => None,
        })
}

/// The workflow file of a subject that carries it (`…:job_workflow_ref:acme/app/.github/workflows/x.yml@refs/…`).
fn workflow_of(value: &str) -> Option<&str> {
    let start = value.find(".github/workflows/")?;
    let rest = &value[start..];
    Some(rest.split(['@', ':']).next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "\
# Who answers
*                       @acme/platform
/.github/workflows/     @acme/ci mei@acme.example # the pipelines
/.github/workflows/deploy.yml @kofi
docs/*                  @ines
/vendor/
!secret @x
src/[ab].rs @x
*.rs nobody
";

    fn owners(path: &str) -> Vec<String> {
        let (rules, _) = read(FILE);
        let found = answering(&rules, path);
        found
            .into_iter()
            .flat_map(|rule| rule.owners.clone())
            .collect()
    }

    #[test]
    fn the_last_line_that_matches_counts() {
        assert_eq!(owners("src/main.rs"), ["@acme/platform"]);
        assert_eq!(
            owners(".github/workflows/test.yml"),
            ["@acme/ci", "mei@acme.example"]
        );
        assert_eq!(owners(".github/workflows/deploy.yml"), ["@kofi"]);
        assert_eq!(owners("docs/a.md"), ["@ines"]);
        // `docs/*` is of that folder alone, and a line without owners says nobody.
        assert_eq!(owners("docs/deep/a.md"), ["@acme/platform"]);
        assert_eq!(owners("vendor/x"), Vec::<String>::new());
    }

    #[test]
    fn what_neither_vendor_takes_is_named_by_line() {
        let (rules, problems) = read(FILE);
        assert_eq!(rules.len(), 5);
        let lines: Vec<u32> = problems.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [7, 8, 9]);
        assert!(problems[2].1.contains("“nobody” is no owner"));
    }

    #[test]
    fn each_section_has_an_answer_of_its_own() {
        let (rules, problems) = read(
            "* @all\n[Pipelines] @ci\n.gitlab-ci.yml\n^[Docs][2] @writers\n*.md\n[Pipelines]\n.gitlab-ci.yml @ops\n",
        );
        assert_eq!(problems, []);
        let found: Vec<&str> = answering(&rules, ".gitlab-ci.yml")
            .into_iter()
            .flat_map(|rule| rule.owners.iter().map(String::as_str))
            .collect();
        assert_eq!(found, ["@all", "@ops"]);
        let spaced = read("with\\ space/x @a").0;
        assert_eq!(answering(&spaced, "with space/x").len(), 1);
    }

    #[test]
    fn a_pipeline_works_where_its_names_say() {
        let at =
            |kind, issuer: &str, value: &str| workplace(&[(kind, issuer.into(), value.into())]);
        let github = subject::GITHUB_ISSUER;
        let subject = SelectorKind::OidcSubject;
        let found = at(subject, github, "repo:Acme@1/Shop@2:environment:production");
        assert_eq!(found, Some(("acme/shop".into(), SOME_WORKFLOW.into())));
        let found = at(
            SelectorKind::Repository,
            "",
            "acme/shop/.github/workflows/deploy.yml",
        );
        assert_eq!(
            found,
            Some(("acme/shop".into(), ".github/workflows/deploy.yml".into()))
        );
        let found = at(
            subject,
            "https://gitlab.com",
            "project_path:acme/shop:ref_type:branch:ref:main",
        );
        assert_eq!(found, Some(("acme/shop".into(), GITLAB.into())));
        assert_eq!(at(SelectorKind::AwsRole, "", "arn:aws:iam::1:role/x"), None);
    }
}
