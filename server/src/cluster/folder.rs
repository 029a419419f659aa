//! The cluster's folder: what lies where in it, and whether it is ours.
//!
//! `DATA_DIR/database/` belongs to whoever runs Rollcall: a marker, the configuration and the lock files. Only
//! `data/`, `socket/` and `log/` in it belong to the user that runs the database. As root nothing is ever written
//! inside those three: a link planted there by that user would be followed with root's rights.

use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use super::ClusterError;
use super::owner::Owner;

const MARKER: &str = "made-by-rollcall";
const MARKER_TEXT: &str =
    "The private database of Rollcall. To start over, stop Rollcall and delete this folder.\n";

/// The longest socket path that every Unix takes, less the name of the socket itself.
const LONGEST_SOCKET_FOLDER: usize = 103 - "/.s.PGSQL.5432".len();

/// Characters that would need quoting in an address, in PostgreSQL's configuration or in `pg_ctl`'s shell.
const UNUSABLE: &str = "\"'\\,$`";

/// A folder that holds our cluster, or will.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder below `data_dir`, making it when there is none.
    ///
    /// # Errors
    /// Refuses what this program did not make, and paths that cannot hold a socket.
    pub fn open(data_dir: &Path) -> Result<Self, ClusterError> {
        if data_dir.join("PG_VERSION").exists() {
            return Err(ClusterError::Foreign(data_dir.to_owned()));
        }
        if !data_dir.exists() {
            DirBuilder::new()
                .recursive(true)
                .create(data_dir)
                .map_err(ClusterError::at(data_dir))?;
            // Whatever the umask: the database's user has to pass through.
            let open = Permissions::from_mode(0o755);
            fs::set_permissions(data_dir, open).map_err(ClusterError::at(data_dir))?;
        }
        let data_dir = data_dir
            .canonicalize()
            .map_err(ClusterError::at(data_dir))?;
        let folder = Self {
            root: data_dir.join("database"),
        };
        folder.check_path()?;
        folder.claim()?;
        Ok(folder)
    }

    fn check_path(&self) -> Result<(), ClusterError> {
        let socket = self.socket();
        let usable = socket.to_str().is_some_and(|path| {
            path.len() <= LONGEST_SOCKET_FOLDER
                && !path.contains(|c: char| c.is_control() || UNUSABLE.contains(c))
        });
        if usable {
            Ok(())
        } else {
            Err(ClusterError::SocketPath(socket))
        }
    }

    /// Makes the folder with its marker, or finds both.
    fn claim(&self) -> Result<(), ClusterError> {
        make(&self.root, 0o755)?;
        let marker = self.root.join(MARKER);
        if marker.exists() {
            return Ok(());
        }
        // Another process may have made the folder and be about to write the same marker.
        let mut entries = fs::read_dir(&self.root).map_err(ClusterError::at(&self.root))?;
        if entries.next().is_some() && !marker.exists() {
            return Err(ClusterError::Foreign(self.root.clone()));
        }
        fs::write(&marker, MARKER_TEXT).map_err(ClusterError::at(&marker))
    }

    /// Makes the parts that belong to the database's user, and makes sure that they can use them.
    ///
    /// # Errors
    /// Fails when they cannot.
    pub fn prepare(&self, owner: &Owner) -> Result<(), ClusterError> {
        for part in [self.socket(), self.log_folder()] {
            Self::make_part(&part, owner)?;
        }
        if owner.can_use(&self.socket()) {
            return Ok(());
        }
        Err(ClusterError::Unreachable {
            folder: self.root.clone(),
            user: owner.to_string(),
        })
    }

    /// Makes one part, for the database's user alone.
    ///
    /// # Errors
    /// Fails when the file system refuses.
    pub fn make_part(part: &Path, owner: &Owner) -> Result<(), ClusterError> {
        make(part, 0o700)?;
        match owner.ids() {
            Some((user, group)) => {
                lchown(part, Some(user), Some(group)).map_err(ClusterError::at(part))
            }
            None => Ok(()),
        }
    }

    /// Returns the folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns PostgreSQL's data folder; where it exists, the cluster was made completely.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Returns the folder of the socket.
    pub fn socket(&self) -> PathBuf {
        self.root.join("socket")
    }

    /// Returns the configuration file.
    pub fn configuration(&self) -> PathBuf {
        self.root.join("postgresql.conf")
    }

    /// Returns the database's log.
    pub fn log(&self) -> PathBuf {
        self.log_folder().join("postgresql.log")
    }

    fn log_folder(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Returns the major version that wrote the data, when there is data.
    pub fn version(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Returns the user that the folder belongs to.
    ///
    /// # Errors
    /// Fails when it cannot be looked at.
    pub fn user(&self) -> Result<u32, ClusterError> {
        Ok(fs::metadata(&self.root)
            .map_err(ClusterError::at(&self.root))?
            .uid())
    }

    /// Returns the user and group that the database ran as before, when it did.
    pub fn database_user(&self) -> Option<(u32, u32)> {
        let metadata = fs::symlink_metadata(self.socket()).ok()?;
        Some((metadata.uid(), metadata.gid()))
    }
}

/// Makes a folder, or finds it; whatever the umask, a new one has the given mode.
fn make(path: &Path, mode: u32) -> Result<(), ClusterError> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => {
            fs::set_permissions(path, Permissions::from_mode(mode)).map_err(ClusterError::at(path))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ClusterError::at(path)(error)),
    }
}
