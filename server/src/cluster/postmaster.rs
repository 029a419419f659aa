//! PostgreSQL's parent process: making its data, starting, recognising and stopping it.

use std::fmt::Write as _;
use std::fs;
use std::fs::Permissions;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::ClusterError;
use super::folder::Folder;
use super::owner::Owner;
use super::programs::Programs;

/// The role that owns everything, and the name of the database.
const NAME: &str = "rollcall";

/// How long PostgreSQL may take to start (it may have to recover first) or to stop, in seconds.
const PATIENCE: &str = "120";

/// PostgreSQL in one folder, running or not.
#[derive(Debug)]
pub struct Postmaster {
    folder: Folder,
    owner: Owner,
    programs: Programs,
}

impl Postmaster {
    /// Names the parts; starts nothing.
    pub fn new(folder: Folder, owner: Owner, programs: Programs) -> Self {
        Self {
            folder,
            owner,
            programs,
        }
    }

    /// Returns the cluster's folder.
    pub fn folder(&self) -> &Path {
        self.folder.root()
    }

    /// Returns the address to connect to.
    pub fn url(&self) -> String {
        format!(
            "postgres:///{NAME}?host={}&user={NAME}",
            percent_encoded(&self.folder.socket())
        )
    }

    /// Makes the data folder with an empty database, unless there is one.
    ///
    /// # Errors
    /// Fails when one of PostgreSQL's programs does.
    pub fn initialise(&self) -> Result<(), ClusterError> {
        if self.folder.data().exists() {
            return Ok(());
        }
        // Under another name until it is complete: a process killed on the way leaves nothing to trip over.
        let unfinished = self.folder.root().join("data.unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(ClusterError::at(&unfinished))?;
        }
        Folder::make_part(&unfinished, &self.owner)?;
        let mut initdb = self.command("initdb");
        initdb
            .arg("--pgdata")
            .arg(&unfinished)
            .args(["--username", NAME, "--encoding", "UTF8"]);
        // Sorted by code point, which is quick and the same everywhere; letters of every script have their cases.
        initdb.args(["--locale", "C.UTF-8", "--lc-collate", "C"]);
        initdb.args(["--auth-local", "trust", "--auth-host", "reject"]);
        self.run("initdb", &mut initdb)?;
        self.create_database(&unfinished)?;
        fs::rename(&unfinished, self.folder.data()).map_err(ClusterError::at(&unfinished))
    }

    /// Creates the database in single-user mode, before anybody can connect.
    fn create_database(&self, data: &Path) -> Result<(), ClusterError> {
        let mut postgres = self.command("postgres");
        postgres.arg("--single").arg("-D").arg(data).arg("postgres");
        postgres
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let failed = |source| ClusterError::File {
            path: self.programs.path("postgres"),
            source,
        };
        let mut child = postgres.spawn().map_err(failed)?;
        if let Some(mut input) = child.stdin.take() {
            input
                .write_all(format!("CREATE DATABASE {NAME}\n").as_bytes())
                .map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(self.failure("postgres", &output.stderr))
        }
    }

    /// Starts PostgreSQL and waits until it answers.
    ///
    /// `pg_ctl` gives it a session of its own, so that an interrupt typed at our terminal does not reach it first.
    ///
    /// # Errors
    /// Fails when it does not start.
    pub fn start(&self) -> Result<(), ClusterError> {
        self.write_configuration()?;
        let mut start = self.pg_ctl("start");
        // Of this text a shell makes words: the folder refuses paths with which that would matter.
        let configuration = self.folder.configuration();
        start
            .arg("--options")
            .arg(format!("-c config_file='{}'", configuration.display()));
        start.arg("--log").arg(self.folder.log());
        self.run("pg_ctl", &mut start)
    }

    /// Stops PostgreSQL: its sessions are ended and what they did not commit is undone.
    ///
    /// # Errors
    /// Fails when it does not stop.
    pub fn stop(&self) -> Result<(), ClusterError> {
        if !self.is_running()? {
            return Ok(());
        }
        let mut stop = self.pg_ctl("stop");
        stop.args(["--mode", "fast"]);
        self.run("pg_ctl", &mut stop)
    }

    /// Tells whether PostgreSQL runs on this folder, left behind by a process that was killed, or for another one.
    ///
    /// # Errors
    /// Fails when `pg_ctl` cannot be asked.
    pub fn is_running(&self) -> Result<bool, ClusterError> {
        let data = self.folder.data();
        let pid_file = data.join("postmaster.pid");
        let Some((pid, started)) = read_pid_file(&pid_file) else {
            return Ok(false);
        };
        // The number may be another process's by now. A postmaster works in its data folder.
        match fs::read_link(format!("/proc/{pid}/cwd")) {
            Ok(place) if data.canonicalize().is_ok_and(|data| data == place) => self.answers(),
            Ok(_) => {
                // PostgreSQL does not start as long as the file names a live process of its user. From before the
                // machine started, it is out of date for certain; otherwise PostgreSQL is left to judge.
                if boot_time().is_some_and(|boot| started < boot) {
                    fs::remove_file(&pid_file).map_err(ClusterError::at(&pid_file))?;
                }
                Ok(false)
            }
            // Dead, and its parent has not heard yet: to `pg_ctl` and to PostgreSQL it lives. Where nobody collects the
            // dead (a container without an init), it would do so for ever.
            Err(_) if is_zombie(pid) => {
                if works_in(&data) {
                    return Err(self.failure(
                        "postgres",
                        b"it was killed, and its last sessions are still ending: try again",
                    ));
                }
                fs::remove_file(&pid_file).map_err(ClusterError::at(&pid_file))?;
                Ok(false)
            }
            Err(_) => self.answers(),
        }
    }

    /// Asks `pg_ctl` whether the process named in the data folder lives.
    fn answers(&self) -> Result<bool, ClusterError> {
        let mut status = self.pg_ctl("status");
        let output = status
            .output()
            .map_err(ClusterError::at(self.folder.root()))?;
        Ok(output.status.success())
    }

    /// Writes the whole configuration anew at each start: the file is ours, not a place for settings.
    fn write_configuration(&self) -> Result<(), ClusterError> {
        let path = self.folder.configuration();
        let mut text = String::from(
            "# Written by Rollcall at each start. To tune, run a database of your own.\n",
        );
        let socket = self.folder.socket();
        for (setting, value) in [
            ("listen_addresses", ""),
            ("unix_socket_directories", &socket.to_string_lossy()),
            ("unix_socket_permissions", "0700"),
            ("port", "5432"),
            ("max_connections", "100"),
            ("shared_buffers", "256MB"),
            ("max_wal_size", "2GB"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("jit", "off"),
            ("log_min_messages", "warning"),
        ] {
            writeln!(text, "{setting} = '{value}'").expect("a string takes everything");
        }
        fs::write(&path, text).map_err(ClusterError::at(&path))?;
        // Readable by the database's user, whatever the umask.
        fs::set_permissions(&path, Permissions::from_mode(0o644)).map_err(ClusterError::at(&path))
    }

    fn command(&self, program: &str) -> Command {
        self.owner
            .command(&self.programs.path(program), self.folder.root())
    }

    fn pg_ctl(&self, verb: &str) -> Command {
        let mut command = self.command("pg_ctl");
        command.arg(verb).arg("--pgdata").arg(self.folder.data());
        if verb != "status" {
            command.args(["--wait", "--timeout", PATIENCE]);
        }
        command
    }

    fn run(&self, program: &'static str, command: &mut Command) -> Result<(), ClusterError> {
        let output = command
            .output()
            .map_err(ClusterError::at(&self.programs.path(program)))?;
        if output.status.success() {
            Ok(())
        } else {
            Err(self.failure(program, &output.stderr))
        }
    }

    fn failure(&self, program: &'static str, words: &[u8]) -> ClusterError {
        let words = String::from_utf8_lossy(words);
        let last = words
            .lines()
            .rev()
            .find(|line| !line.trim().is_empty())
            .unwrap_or("no reason given");
        ClusterError::Program {
            program,
            words: last.trim().to_owned(),
            log: self.folder.log(),
        }
    }
}

/// Reads the process and its start, in seconds of the epoch, from a `postmaster.pid`.
///
/// <https://www.postgresql.org/docs/15/storage-file-layout.html>
fn read_pid_file(path: &Path) -> Option<(u32, u64)> {
    let text = fs::read_to_string(path).ok()?;
    let mut lines = text.lines().map(str::trim);
    Some((lines.next()?.parse().ok()?, lines.nth(1)?.parse().ok()?))
}

/// Whether a process has ended without its parent having asked for its status (proc(5), `stat`).
fn is_zombie(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name before it stands in brackets and may hold any.
    let state = stat.rsplit_once(')').map(|(_, rest)| rest.trim_start());
    state.is_some_and(|state| state.starts_with('Z'))
}

/// Whether any process works in this folder, as every process of a database does in its data.
fn works_in(folder: &Path) -> bool {
    let Ok(folder) = folder.canonicalize() else {
        return false;
    };
    let Ok(processes) = fs::read_dir("/proc") else {
        return true;
    };
    processes
        .flatten()
        .any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder))
}

/// Returns when the machine started, in seconds of the epoch, where the system tells.
fn boot_time() -> Option<u64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines()
        .find_map(|line| line.strip_prefix("btime "))?
        .trim()
        .parse()
        .ok()
}

/// Encodes a path for the query of an address.
fn percent_encoded(path: &Path) -> String {
    let mut text = String::new();
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a string takes everything");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::percent_encoded;

    #[test]
    fn encodes_what_an_address_cannot_hold() {
        assert_eq!(
            percent_encoded(Path::new("/var/lib/roll call/ä&b")),
            "/var/lib/roll%20call/%C3%A4%26b"
        );
    }
}
