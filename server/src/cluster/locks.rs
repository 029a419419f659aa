//! Who uses the cluster: advisory file locks, which the kernel drops with the process that held them.
//!
//! `start.lock` is held alone while PostgreSQL is being started or stopped; `users.lock` is shared by every process
//! that uses it.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use super::ClusterError;
use super::folder::Folder;

/// The exclusive right to start or stop PostgreSQL.
#[derive(Debug)]
pub struct Starting {
    start: File,
    users_path: PathBuf,
    start_path: PathBuf,
}

/// The mark of a process that uses the cluster.
#[derive(Debug)]
pub struct Locks {
    users: File,
    users_path: PathBuf,
    start_path: PathBuf,
}

/// Waits for the exclusive right to start or stop PostgreSQL.
///
/// # Errors
/// Fails when the lock file cannot be made.
pub fn starting(folder: &Folder) -> Result<Starting, ClusterError> {
    let start_path = folder.root().join("start.lock");
    Ok(Starting {
        start: locked(&start_path)?,
        users_path: folder.root().join("users.lock"),
        start_path,
    })
}

impl Starting {
    /// Counts this process among the users, and lets others start or stop again.
    ///
    /// # Errors
    /// Fails when the lock file cannot be made.
    pub fn join(self) -> Result<Locks, ClusterError> {
        let users = open(&self.users_path)?;
        users
            .lock_shared()
            .map_err(ClusterError::at(&self.users_path))?;
        drop(self.start);
        Ok(Locks {
            users,
            users_path: self.users_path,
            start_path: self.start_path,
        })
    }
}

impl Locks {
    /// Leaves the users; returns the right to stop PostgreSQL when this process was the last one.
    ///
    /// # Errors
    /// Fails when the lock files cannot be used.
    pub fn leave(self) -> Result<Option<File>, ClusterError> {
        // In this order a process that joins now waits until the decision is made.
        let start = locked(&self.start_path)?;
        drop(self.users);
        match open(&self.users_path)?.try_lock() {
            Ok(()) => Ok(Some(start)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(ClusterError::at(&self.users_path)(error)),
        }
    }
}

fn open(path: &PathBuf) -> Result<File, ClusterError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(ClusterError::at(path))
}

fn locked(path: &PathBuf) -> Result<File, ClusterError> {
    let file = open(path)?;
    file.lock().map_err(ClusterError::at(path))?;
    Ok(file)
}
