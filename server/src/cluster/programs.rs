//! Finding PostgreSQL's programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::folder::Folder;
use super::{ClusterError, OLDEST_VERSION};

/// The programs of one installed version.
#[derive(Debug)]
pub struct Programs {
    bin: PathBuf,
}

impl Programs {
    /// Finds the newest version, or the one that wrote the folder's data.
    ///
    /// # Errors
    /// Fails when no version fits.
    pub fn find(folder: &Folder) -> Result<Self, ClusterError> {
        let installed = installed();
        let found = match folder.version() {
            Some(version) => installed
                .into_iter()
                .find(|(found, _)| *found == version)
                .ok_or_else(|| ClusterError::MissingVersion {
                    folder: folder.root().to_owned(),
                    version,
                })?,
            None => installed
                .into_iter()
                .filter(|(version, _)| *version >= OLDEST_VERSION)
                .max_by_key(|(version, _)| *version)
                .ok_or(ClusterError::Missing)?,
        };
        Ok(Self { bin: found.1 })
    }

    /// Returns the path of one program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Lists the major versions on this machine and where their programs are: on the PATH, and where Debian keeps
/// those that are not on it.
fn installed() -> Vec<(u32, PathBuf)> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter_map(|folder| {
        // A link leads to the folder that has the other programs beside it.
        folder
            .join("postgres")
            .canonicalize()
            .ok()?
            .parent()
            .map(Path::to_owned)
    });
    let by_debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    on_path
        .chain(by_debian)
        .filter_map(|bin| Some((version(&bin)?, bin)))
        .collect()
}

/// Asks the programs of a folder for their major version; none when one of them is missing.
fn version(bin: &Path) -> Option<u32> {
    if !["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|name| bin.join(name).is_file())
    {
        return None;
    }
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    parse_version(&String::from_utf8(output.stdout).ok()?)
}

/// Reads the major version of `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn parse_version(text: &str) -> Option<u32> {
    let number = text.split_once(") ")?.1;
    number
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::parse_version;

    #[test]
    fn reads_the_major_version_of_releases_and_betas() {
        assert_eq!(
            parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"),
            Some(15)
        );
        assert_eq!(parse_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
        assert_eq!(parse_version("something else"), None);
    }
}
