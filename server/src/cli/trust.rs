//! `rollcall trust`: lint, simulate, sum up and tighten trust documents. No database, no configuration, no network.

mod build;
mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use domain::trust::{
    self, Admits, Decision, Facts, Language, Named, Ring, Token, Trust, Verdict, Wish,
};

use super::out;

/// Judge who may become an identity: AWS, Entra, Google, Vault, Kubernetes and octo-sts trusts.
///
/// Reads the bare document, what the vendor's own tool prints, or a record with the document under `trust`; `-` is
/// standard input. Exit code 0: clean or allowed; 1: findings, denied or not known; 2: something cannot be read.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Every flaw with its place, severity, reason and fix.
    Lint(Args),
    /// Whether a token is let in, with a reason for every condition.
    Simulate(Args),
    /// The set of subjects let in, as a ring and a sentence.
    Admits(Args),
    /// The tightest trust that still admits the tokens seen.
    Tighten(Tighten),
    /// A plausible token of a pipeline run, as JSON for `--claims`.
    Token(build::Args),
}

/// What is judged.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Language of the document; told from it when absent.
    #[arg(long, value_name = "NAME", value_parser = language)]
    language: Option<Language>,
    /// The trust document.
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// Claims of a token as JSON, or a JWT (decoded, not verified, not kept).
    #[arg(long, value_name = "FILE")]
    claims: Vec<PathBuf>,
    /// Address of the trust in a Terraform file or CloudFormation template, when it has several.
    #[arg(long, value_name = "ADDRESS")]
    resource: Option<String>,
    /// What lies outside the document, as JSON.
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is tightened, and how.
#[derive(Debug, clap::Args)]
pub struct Tighten {
    #[command(flatten)]
    args: Args,
    /// Keep subjects with wildcards; bind only audience and ids.
    #[arg(long)]
    keep_wildcard: bool,
    /// Bind names only, even where tokens carry ids.
    #[arg(long)]
    names_only: bool,
}

fn language(word: &str) -> Result<Language, String> {
    Language::of(word).ok_or_else(|| {
        let known: Vec<&str> = Language::ALL.iter().map(|it| it.as_str()).collect();
        format!("choose one of {}", known.join(", "))
    })
}

/// Runs it. What cannot be read ends with code 2 and a line on standard error.
pub fn run(command: &Command) -> ExitCode {
    let done = match command {
        Command::Lint(args) => lint(args),
        Command::Simulate(args) => simulate(args),
        Command::Admits(args) => admits(args),
        Command::Tighten(args) => tighten(args),
        Command::Token(args) => build::run(args),
    };
    done.unwrap_or_else(|why| {
        out::complain(&format!("error: {why}"));
        ExitCode::from(2)
    })
}

type Done = Result<ExitCode, String>;

fn lint(args: &Args) -> Done {
    let (trusts, facts) = args.read_all()?;
    let mut found: Vec<trust::Finding> =
        trusts.iter().flat_map(|it| it.trust.lint(&facts)).collect();
    found.sort_by_key(|it| (it.position, std::cmp::Reverse(it.severity)));
    found.dedup();
    if args.json {
        json(&found)?;
    } else {
        show::findings(&args.trust.display().to_string(), &found);
    }
    Ok(ending(found.is_empty()))
}

fn simulate(args: &Args) -> Done {
    let (trusts, facts) = args.read_all()?;
    let tokens = args.tokens()?;
    let [token] = tokens.as_slice() else {
        return Err("simulate judges one token: give --claims FILE once".to_owned());
    };
    let verdict = together(&trusts, token, &facts);
    if args.json {
        json(&verdict)?;
    } else {
        show::verdict(&verdict);
    }
    Ok(ending(verdict.decision == Decision::Allow))
}

fn admits(args: &Args) -> Done {
    let (trusts, facts) = args.read_all()?;
    let admits = widest(&trusts, &facts);
    if args.json {
        json(&admits)?;
    } else {
        show::admits(&admits);
    }
    Ok(ExitCode::SUCCESS)
}

/// The judgement of all trusts of a file: one that lets the token in is enough. Reasons name the trust when there
/// are several.
fn together(trusts: &[Named], token: &Token, facts: &Facts) -> Verdict {
    let mut whole = Verdict {
        decision: Decision::Deny,
        reasons: Vec::new(),
    };
    for it in trusts {
        let verdict = it.trust.evaluate(token, facts);
        whole.decision = match (whole.decision, verdict.decision) {
            (Decision::Allow, _) | (_, Decision::Allow) => Decision::Allow,
            (Decision::Unknown, _) | (_, Decision::Unknown) => Decision::Unknown,
            (Decision::Deny, Decision::Deny) => Decision::Deny,
        };
        for mut reason in verdict.reasons {
            if trusts.len() > 1 {
                reason.condition = format!("{}: {}", it.name, reason.condition).into();
            }
            whole.reasons.push(reason);
        }
    }
    whole
}

/// The widest ring of all trusts of a file, and all of them in words.
fn widest(trusts: &[Named], facts: &Facts) -> Admits {
    let each: Vec<(&str, Admits)> = trusts
        .iter()
        .map(|it| (it.name.as_str(), it.trust.admits(facts)))
        .collect();
    match each.as_slice() {
        [(_, one)] => one.clone(),
        several => Admits {
            ring: several
                .iter()
                .map(|(_, it)| it.ring)
                .max()
                .unwrap_or(Ring::Exact),
            description: several
                .iter()
                .map(|(name, it)| format!("{name}: {}", it.description))
                .collect::<Vec<_>>()
                .join("; "),
        },
    }
}

fn tighten(command: &Tighten) -> Done {
    let args = &command.args;
    let (trust, facts) = args.read()?;
    let tokens = args.tokens()?;
    let wish = Wish {
        keep_wildcard: command.keep_wildcard,
        names_only: command.names_only,
    };
    match trust.tighten(&tokens, wish, &facts) {
        Ok(tightened) if args.json => json(&tightened)?,
        Ok(tightened) => show::tightened(&tightened),
        Err(why) => {
            out::complain(&format!("not tightened: {why}"));
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn ending(clean: bool) -> ExitCode {
    if clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn json(value: &impl serde::Serialize) -> Result<(), String> {
    out::say(&serde_json::to_string_pretty(value).map_err(|why| why.to_string())?);
    Ok(())
}

impl Args {
    /// The one trust of the document.
    fn read(&self) -> Result<(Trust, Facts), String> {
        let (mut trusts, facts) = self.read_all()?;
        if trusts.len() > 1 {
            let names: Vec<&str> = trusts.iter().map(|it| it.name.as_str()).collect();
            return Err(format!(
                "{}: several trusts; choose one with --resource: {}",
                self.trust.display(),
                names.join(", ")
            ));
        }
        let one = trusts.pop().ok_or("no trust")?;
        Ok((one.trust, facts))
    }

    fn read_all(&self) -> Result<(Vec<Named>, Facts), String> {
        let bytes = read(&self.trust)?;
        let mut trusts = trust::read_all(&bytes, self.language)
            .map_err(|why| format!("{}: {why}", self.trust.display()))?;
        if let Some(wanted) = &self.resource {
            let names: Vec<String> = trusts.iter().map(|it| it.name.clone()).collect();
            trusts.retain(|it| it.name == *wanted);
            if trusts.is_empty() {
                return Err(format!(
                    "{}: no trust {wanted}; there are: {}",
                    self.trust.display(),
                    names.join(", ")
                ));
            }
        }
        let facts = match &self.context {
            None => Facts::default(),
            Some(path) => {
                Facts::read(&text(path)?).map_err(|why| format!("{}: {why}", path.display()))?
            }
        };
        Ok((trusts, facts))
    }

    /// The tokens of all files; a file may hold a list of claim sets.
    fn tokens(&self) -> Result<Vec<Token>, String> {
        let mut tokens = Vec::new();
        for path in &self.claims {
            let text = text(path)?;
            let found =
                Token::read_all(&text).map_err(|why| format!("{}: {why}", path.display()))?;
            tokens.extend(found);
        }
        Ok(tokens)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    super::normalize::read(path).map_err(|why| why.0)
}

fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(read(path)?).map_err(|_| format!("{}: not UTF-8", path.display()))
}
