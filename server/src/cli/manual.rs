//! `rollcall completions` and `rollcall man`: what shells and readers of manuals ask for.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Ended, Rollcall};

/// Prints completions for a shell, e.g. `rollcall completions bash > /etc/bash_completion.d/rollcall`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

/// Prints the manual page (roff), or that of a command: `rollcall man api | man -l -`.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// Of which command; of all when absent.
    command: Option<String>,
}

/// Runs it.
pub fn completions(args: &Completions) {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Rollcall::command(), "rollcall", &mut text);
    print(&text);
}

/// Runs it.
///
/// # Errors
/// When there is no such command.
pub fn man(args: &Man) -> Ended {
    let mut all = Rollcall::command();
    all.build();
    let page = match &args.command {
        None => clap_mangen::Man::new(all),
        Some(name) => {
            let found = all.find_subcommand(name).cloned();
            let found =
                found.ok_or_else(|| super::Failure(format!("there is no command {name:?}")))?;
            clap_mangen::Man::new(found).title(format!("rollcall-{name}"))
        }
    };
    let mut text = Vec::new();
    page.render(&mut text)?;
    print(&text);
    Ok(ExitCode::SUCCESS)
}

fn print(text: &[u8]) {
    super::out::say(String::from_utf8_lossy(text).trim_end());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound_and_every_command_has_its_page() {
        Rollcall::command().debug_assert();
        let mut all = Rollcall::command();
        all.build();
        for command in all.get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Rollcall::command(), "rollcall", &mut text);
            let text = String::from_utf8(text).expect("text");
            assert!(text.contains("login") && text.contains("trust"), "{shell}");
        }
    }
}
