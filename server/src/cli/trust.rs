//! `rollcall trust`: lint, simulate, sum up and tighten trust documents. No database, no configuration, no network.

mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use domain::trust::{self, Decision, Facts, Language, Token, Trust, Wish};

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
    };
    done.unwrap_or_else(|why| {
        out::complain(&format!("error: {why}"));
        ExitCode::from(2)
    })
}

type Done = Result<ExitCode, String>;

fn lint(args: &Args) -> Done {
    let (trust, facts) = args.read()?;
    let found = trust.lint(&facts);
    if args.json {
        json(&found)?;
    } else {
        show::findings(&args.trust.display().to_string(), &found);
    }
    Ok(ending(found.is_empty()))
}

fn simulate(args: &Args) -> Done {
    let (trust, facts) = args.read()?;
    let tokens = args.tokens()?;
    let [token] = tokens.as_slice() else {
        return Err("simulate judges one token: give --claims FILE once".to_owned());
    };
    let verdict = trust.evaluate(token, &facts);
    if args.json {
        json(&verdict)?;
    } else {
        show::verdict(&verdict);
    }
    Ok(ending(verdict.decision == Decision::Allow))
}

fn admits(args: &Args) -> Done {
    let (trust, facts) = args.read()?;
    let admits = trust.admits(&facts);
    if args.json {
        json(&admits)?;
    } else {
        show::admits(&admits);
    }
    Ok(ExitCode::SUCCESS)
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
    fn read(&self) -> Result<(Trust, Facts), String> {
        let bytes = read(&self.trust)?;
        let trust = trust::read(&bytes, self.language)
            .map_err(|why| format!("{}: {why}", self.trust.display()))?;
        let facts = match &self.context {
            None => Facts::default(),
            Some(path) => {
                Facts::read(&text(path)?).map_err(|why| format!("{}: {why}", path.display()))?
            }
        };
        Ok((trust, facts))
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
