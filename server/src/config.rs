//! Configuration: read once at start from the environment and an optional TOML file, all problems at once.
//!
//! This is the only place that reads the environment. Each setting is one line of [`settings::SETTINGS`],
//! from which the README's reference is generated (`rollcall config reference`).

mod build;
mod reader;
pub mod settings;
mod types;

use std::path::PathBuf;

pub use types::{
    Certificates, Config, Limits, LogFormat, OidcConfig, PublicUrl, Secret, SessionConfig,
};

/// Everything that is wrong with the configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration has {} problem{}:\n{}", .0.len(), if .0.len() == 1 { "" } else { "s" },
    .0.iter().map(|p| format!("  - {p}")).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<String>);

/// Reads the process's environment and the file named by `ROLLCALL_CONFIG`, else `./rollcall.toml` if present.
///
/// # Errors
/// [`Problems`] lists everything that is wrong, not only the first thing.
pub fn from_process() -> Result<Config, Problems> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let named = env("ROLLCALL_CONFIG").map(PathBuf::from);
    let path = named
        .clone()
        .unwrap_or_else(|| PathBuf::from("rollcall.toml"));
    let file = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Problems(vec![format!(
                "the configuration file {} cannot be read: {error}",
                path.display()
            )]));
        }
    };
    read(&env, file.as_deref())
}

/// Who typed a command, for the activity record.
pub fn shell_user() -> String {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    env("SUDO_USER")
        .or_else(|| env("USER"))
        .unwrap_or_else(|| "shell".to_owned())
}

/// Reads a configuration from an environment and the text of a TOML file. The environment wins.
///
/// # Errors
/// [`Problems`] lists everything that is wrong.
pub fn read(env: &dyn Fn(&str) -> Option<String>, file: Option<&str>) -> Result<Config, Problems> {
    let mut reader = reader::Reader::new(env, file);
    let config = build::build(&mut reader);
    reader.finish(config)
}

#[cfg(test)]
mod tests;
