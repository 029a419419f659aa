//! The user that runs the database: ourselves, or as root somebody without privileges.

use std::fmt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::ClusterError;
use super::folder::Folder;

/// Tried in this order as root.
const USERS: [&str; 3] = ["rollcall", "postgres", "nobody"];

/// The user and group of the database's processes; none means those of this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    ids: Option<(u32, u32)>,
}

impl Owner {
    /// Chooses the user for a folder: as root the one that it had before, or the first of a few.
    ///
    /// # Errors
    /// Fails as root when there is no such user, and when the folder was made by another user than this one.
    pub fn of(folder: &Folder) -> Result<Self, ClusterError> {
        let maker = folder.user()?;
        let Some(me) = id::<u32>("-u", None).filter(|me| *me == maker) else {
            return Err(ClusterError::OtherUser {
                folder: folder.root().to_owned(),
                maker: name_of(maker),
            });
        };
        if me != 0 {
            return Ok(Self { ids: None });
        }
        let before = folder.database_user().filter(|(user, _)| *user != 0);
        let ids = before
            .or_else(|| USERS.into_iter().find_map(ids_of))
            .ok_or(ClusterError::NoUser)?;
        Ok(Self { ids: Some(ids) })
    }

    /// Returns the user and group when they are not those of this process.
    pub fn ids(&self) -> Option<(u32, u32)> {
        self.ids
    }

    /// Prepares a program to run as this user, with nothing of our environment but the way to find programs.
    pub fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(folder)
            .stdin(Stdio::null());
        if let Some((user, group)) = self.ids {
            // Setting the user as root drops root's other groups as well.
            command.uid(user).gid(group);
        }
        command
    }

    /// Tells whether this user can enter and write a folder.
    pub fn can_use(&self, folder: &Path) -> bool {
        let mut command = self.command(Path::new("test"), Path::new("/"));
        command
            .arg("-w")
            .arg(folder)
            .arg("-a")
            .arg("-x")
            .arg(folder);
        command.status().is_ok_and(|status| status.success())
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ids {
            Some((user, _)) => f.write_str(&name_of(user)),
            None => f.write_str("this user"),
        }
    }
}

/// Tells whether this process is root's.
pub fn is_root() -> bool {
    id("-u", None) == Some(0)
}

fn ids_of(user: &str) -> Option<(u32, u32)> {
    Some((id("-u", Some(user))?, id("-g", Some(user))?))
}

/// Names a user, or says their number when they have no name.
fn name_of(user: u32) -> String {
    id("-nu", Some(&user.to_string())).unwrap_or_else(|| user.to_string())
}

/// Asks `id`, which knows every source of users that the machine has.
fn id<T: std::str::FromStr>(what: &str, user: Option<&str>) -> Option<T> {
    let output = Command::new("id")
        .arg(what)
        .args(user)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
