//! The private PostgreSQL cluster, for when no `DATABASE_URL` is configured.
//!
//! What belongs here: finding PostgreSQL's programs, making a cluster of our own below the data folder, starting
//! it, sharing it with the other commands of this program, and stopping it. What does not: SQL, migrations, and
//! any other cluster of the machine, which is never looked at.
//!
//! The cluster listens on a Unix socket only, in a folder that its owner alone may enter; so whoever can connect
//! could read the files as well, and no password is needed. PostgreSQL refuses to run as root: there it belongs to
//! an unprivileged user (see `cluster::owner`).
//!
//! **Sharing.** `rollcall token create` must reach the database while `rollcall serve` runs, and while it does not.
//! So every process that uses the cluster holds a shared lock on a file in its folder. The first one starts
//! PostgreSQL, the last one to leave stops it; the kernel drops the lock of a process that was killed, and the next
//! one finds PostgreSQL still running, makes sure that it is this cluster's, and goes on with it. Two servers on one
//! data folder therefore share one database.

mod folder;
mod locks;
mod owner;
mod postmaster;
mod programs;

use std::io;
use std::path::{Path, PathBuf};

use self::folder::Folder;
use self::locks::Locks;
use self::owner::Owner;
use self::postmaster::Postmaster;
use self::programs::Programs;

/// The oldest PostgreSQL that the schema works on.
const OLDEST_VERSION: u32 = 15;

/// Why the private cluster could not be started or stopped, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No PostgreSQL that is new enough.
    #[error(
        "PostgreSQL {OLDEST_VERSION} or later is not installed: install it (Debian: apt-get install postgresql) \
         or set DATABASE_URL to a database that runs elsewhere"
    )]
    Missing,
    /// The data was written by a version that is not there any more.
    #[error(
        "{folder} was made by PostgreSQL {version}, which is not installed: install that version, \
         or choose another ROLLCALL_DATA_DIR"
    )]
    MissingVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// The major version that wrote it.
        version: u32,
    },
    /// The folder holds something that this program did not make.
    #[error("{0} was not made by Rollcall and is left alone: choose another ROLLCALL_DATA_DIR")]
    Foreign(PathBuf),
    /// The unprivileged user cannot enter the folder.
    #[error(
        "the database runs as user {user}, who cannot use {folder}: \
         choose another ROLLCALL_DATA_DIR, such as /var/lib/rollcall"
    )]
    Unreachable {
        /// The cluster's folder.
        folder: PathBuf,
        /// The user's name or number.
        user: String,
    },
    /// Another user made it: root does not write into folders of others, and others cannot into root's.
    #[error(
        "{folder} belongs to user {maker}: run Rollcall as that user, or choose another ROLLCALL_DATA_DIR"
    )]
    OtherUser {
        /// The cluster's folder.
        folder: PathBuf,
        /// Its maker's name or number.
        maker: String,
    },
    /// Running as root, and no unprivileged user to run the database as.
    #[error(
        "PostgreSQL does not run as root and there is no user rollcall, postgres or nobody to run it as"
    )]
    NoUser,
    /// Unix socket paths are short, and travel through a configuration file.
    #[error(
        "the path {0} cannot hold the database's socket (too long, or with characters that it cannot have): \
         choose another ROLLCALL_DATA_DIR"
    )]
    SocketPath(PathBuf),
    /// One of PostgreSQL's programs failed.
    #[error("{program} failed ({log} may say more): {words}")]
    Program {
        /// Its name.
        program: &'static str,
        /// The last line that it said.
        words: String,
        /// The database's log.
        log: PathBuf,
    },
    /// The file system refused.
    #[error("{path}: {source}")]
    File {
        /// What was being used.
        path: PathBuf,
        /// Why it could not be.
        source: io::Error,
    },
}

impl ClusterError {
    /// Turns an I/O error at a path into one of ours.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// A running private cluster; it stops when its last user lets go.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    postmaster: Postmaster,
    locks: Option<Locks>,
}

impl Cluster {
    /// Starts the cluster below a data folder, making it first when there is none, or joins the one that runs.
    ///
    /// Blocks until it answers: seconds the first time.
    ///
    /// # Errors
    /// Says what is missing or in the way; see [`ClusterError`].
    pub fn start(data_dir: &Path) -> Result<Self, ClusterError> {
        let folder = Folder::open(data_dir)?;
        let starting = locks::starting(&folder)?;
        let owner = Owner::of(&folder)?;
        folder.prepare(&owner)?;
        let programs = Programs::find(&folder)?;
        let postmaster = Postmaster::new(folder, owner, programs);
        postmaster.initialise()?;
        if postmaster.is_running()? {
            tracing::info!(folder = %postmaster.folder().display(), "joined the running private database");
        } else {
            postmaster.start()?;
            tracing::info!(folder = %postmaster.folder().display(), "started the private database");
        }
        let locks = starting.join()?;
        Ok(Self {
            url: postmaster.url(),
            postmaster,
            locks: Some(locks),
        })
    }

    /// Returns the address to connect to, in the form of `DATABASE_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets go of the cluster, and stops it unless another process uses it.
    ///
    /// # Errors
    /// Fails when PostgreSQL does not stop.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.release()
    }

    fn release(&mut self) -> Result<(), ClusterError> {
        let Some(locks) = self.locks.take() else {
            return Ok(());
        };
        let Some(_alone) = locks.leave()? else {
            tracing::info!("left the private database to its other users");
            return Ok(());
        };
        self.postmaster.stop()?;
        tracing::info!("stopped the private database");
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.release() {
            tracing::warn!(%error, "the private database did not stop");
        }
    }
}

/// Chooses the folder for the cluster when `ROLLCALL_DATA_DIR` does not: as root one that an unprivileged user can
/// reach, otherwise the user's own, by the XDG base directory specification.
pub fn default_data_dir(xdg_data_home: Option<&Path>, home: Option<&Path>) -> PathBuf {
    if owner::is_root() {
        return PathBuf::from("/var/lib/rollcall");
    }
    match (xdg_data_home.filter(|path| path.is_absolute()), home) {
        (Some(data), _) => data.join("rollcall"),
        (None, Some(home)) => home.join(".local/share/rollcall"),
        (None, None) => PathBuf::from(".data"),
    }
}

#[cfg(test)]
mod tests;
