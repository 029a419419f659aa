//! `rollcall trail`: whether every link from person to deployment is proven.

use std::fmt::Write as _;
use std::process::ExitCode;

use chrono::NaiveDate;
use contract::stories::{ChainLink, LinkStanding, RunDay, RunRow, StoryFound, StoryView};
use service::Op;
use service::stories;

use super::{Ended, Failure, open, out};

/// Check the audit trail of a run, or of every production deployment of a day.
///
/// Says for each link of the chain (person, repository, runner, cloud role, environment, deployment) which event proves
/// it, or which source would have shown it. Exit code 0: every link is proven. 1: a link is missing or doubtful. 2: no
/// event names the run, or it cannot be read.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The run: its id, owner/name#id, or the address of its page.
    #[arg(value_name = "RUN", required_unless_present = "day")]
    run: Option<String>,
    /// Repository, where several have a run of this id.
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// Every production deployment of this day (UTC) instead of one run.
    #[arg(long, value_name = "YYYY-MM-DD", conflicts_with_all = ["run", "repository"])]
    day: Option<NaiveDate>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The exit code of what cannot be found or read.
const UNREADABLE: u8 = 2;

/// Runs it.
///
/// # Errors
/// Never: what goes wrong is told, with exit code 2.
pub async fn run(args: Args) -> Ended {
    match check(&args).await {
        Ok(code) => Ok(code),
        Err(failure) => {
            out::complain(&format!("error: {failure}"));
            Ok(ExitCode::from(UNREADABLE))
        }
    }
}

async fn check(args: &Args) -> Ended {
    let opened = open(false).await?;
    let judged = judge(args, &opened.op()).await;
    opened.close().await;
    judged
}

async fn judge(args: &Args, op: &Op) -> Ended {
    if let Some(day) = args.day {
        let day = stories::day(op, Some(day)).await?;
        out::say(&print(args, &day, || of_day(&day))?);
        return Ok(code(day.runs.iter().map(|run| run.gaps).sum()));
    }
    let name = args.run.as_deref().unwrap_or_default();
    match stories::story(op, name, args.repository.as_deref()).await? {
        StoryFound::One(story) => {
            out::say(&print(args, &story, || of_run(&story))?);
            Ok(code(story.gaps))
        }
        StoryFound::Several(repositories) => Err(Failure(format!(
            "several repositories have a run {name}: add --repository with one of {}",
            repositories.join(", ")
        ))),
    }
}

fn code(gaps: usize) -> ExitCode {
    if gaps == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn print<T: serde::Serialize>(
    args: &Args,
    what: &T,
    words: impl Fn() -> String,
) -> Result<String, Failure> {
    if args.json {
        return serde_json::to_string_pretty(what).map_err(|error| Failure(error.to_string()));
    }
    Ok(words())
}

fn of_run(story: &StoryView) -> String {
    let place = if story.production {
        "production"
    } else {
        "not production"
    };
    let mut text = format!(
        "{}#{}: {} events, {place}\n",
        story.repository,
        story.run_id,
        story.events.len()
    );
    for link in &story.chain {
        text.push_str(&line(link));
    }
    text.push_str(&verdict(story.gaps));
    text
}

fn of_day(day: &RunDay) -> String {
    let mut text = format!("{}: {} production deployments\n", day.day, day.runs.len());
    for run in &day.runs {
        let _ = writeln!(text, "{}: {}", name(run), verdict(run.gaps));
        for link in run.chain.iter().filter(|link| is_gap(link)) {
            text.push_str(&line(link));
        }
    }
    if day.cut {
        text.push_str("There were more; these are the newest.\n");
    }
    let incomplete = day.runs.iter().filter(|run| run.gaps > 0).count();
    let _ = write!(text, "{incomplete} of {} incomplete", day.runs.len());
    text
}

/// A run by its name, or a deployment that is of none by its repository.
fn name(run: &RunRow) -> String {
    if run.run_id.is_empty() {
        format!("{}, without a run", run.repository)
    } else {
        format!("{}#{}", run.repository, run.run_id)
    }
}

fn is_gap(link: &ChainLink) -> bool {
    matches!(
        link.standing,
        LinkStanding::Missing | LinkStanding::Doubtful
    )
}

fn line(link: &ChainLink) -> String {
    let event = link.event.map(|id| format!(" [{id}]")).unwrap_or_default();
    format!(
        "  {:<12} {:<9} {}{event}\n",
        link.step.label(),
        link.standing.label(),
        link.says
    )
}

fn verdict(gaps: usize) -> String {
    match gaps {
        0 => "every link is proven".to_owned(),
        1 => "1 link is not proven".to_owned(),
        more => format!("{more} links are not proven"),
    }
}
