//! Really starts PostgreSQL, in a folder of its own for each test.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Cluster, ClusterError};

/// A data folder that goes with the test.
struct DataDir(PathBuf);

impl DataDir {
    fn new(name: &str) -> Self {
        // Short, for the socket's path; and open, for the database's user.
        let path = std::env::temp_dir().join(format!("rc-{}-{name}", std::process::id()));
        fs::create_dir(&path).expect("a fresh folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("our folder");
        Self(path)
    }

    fn postmaster(&self) -> Option<u32> {
        let text = fs::read_to_string(self.0.join("database/data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        // A failed test may leave PostgreSQL running: it ends when its folder is gone, but sooner is better.
        if let Some(pid) = self.postmaster() {
            let _ = Command::new("kill")
                .args(["-QUIT", &pid.to_string()])
                .status();
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Asks the database one thing through PostgreSQL's own client.
fn ask(url: &str, sql: &str) -> Result<String, String> {
    let output = Command::new("psql")
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            sql,
            url,
        ])
        .output()
        .expect("psql");
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

#[test]
fn starts_with_an_empty_database_and_keeps_what_is_written() {
    let dir = DataDir::new("keep");
    let cluster = Cluster::start(&dir.0).expect("a first start");
    assert_eq!(
        ask(
            cluster.url(),
            "select current_database() || ' ' || current_user"
        )
        .unwrap(),
        "rollcall rollcall"
    );
    assert_eq!(
        ask(cluster.url(), "show listen_addresses").unwrap(),
        "",
        "no port is open"
    );
    ask(cluster.url(), "create table kept as select 7 as n").unwrap();
    let url = cluster.url().to_owned();
    cluster.stop().expect("a clean stop");
    assert_eq!(dir.postmaster(), None);
    assert!(ask(&url, "select 1").is_err(), "nothing answers any more");

    let again = Cluster::start(&dir.0).expect("a second start");
    assert_eq!(ask(again.url(), "select n from kept").unwrap(), "7");
}

#[test]
fn stops_when_the_last_of_its_users_leaves() {
    let dir = DataDir::new("share");
    let first = Cluster::start(&dir.0).expect("a start");
    let pid = dir.postmaster();
    let second = Cluster::start(&dir.0).expect("joining");
    assert_eq!(first.url(), second.url());
    assert_eq!(dir.postmaster(), pid, "the same PostgreSQL");
    first.stop().expect("leaving");
    assert_eq!(ask(second.url(), "select 1").unwrap(), "1");
    second.stop().expect("a stop");
    assert_eq!(dir.postmaster(), None);
}

/// Not a test: the process that the next test kills.
#[test]
#[ignore = "run by survives_the_death_of_its_process"]
#[expect(clippy::print_stderr, reason = "its parent waits for this line")]
fn holder() {
    let Some(path) = std::env::var_os("ROLLCALL_TEST_HOLD") else {
        return;
    };
    let cluster = Cluster::start(Path::new(&path)).expect("a start");
    eprintln!("holding {}", cluster.url());
    std::io::stdin()
        .read_line(&mut String::new())
        .expect("standard input");
}

fn spawn_holder(dir: &DataDir) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "cluster::tests::holder",
            "--ignored",
            "--nocapture",
        ])
        .env("ROLLCALL_TEST_HOLD", &dir.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("this program again");
    let words = BufReader::new(child.stderr.take().expect("piped"));
    let held = words
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("holding "));
    assert!(held, "the holder has started");
    child
}

#[test]
fn survives_the_death_of_its_process() {
    let dir = DataDir::new("kill");
    let mut holder = spawn_holder(&dir);
    let pid = dir.postmaster().expect("running");
    holder.kill().expect("kill -9");
    holder.wait().expect("dead");

    let heir = Cluster::start(&dir.0).expect("adopting");
    assert_eq!(dir.postmaster(), Some(pid), "the same PostgreSQL goes on");
    assert_eq!(ask(heir.url(), "select 1").unwrap(), "1");
    heir.stop().expect("a stop");
    assert_eq!(dir.postmaster(), None);
}

#[test]
fn survives_the_death_of_the_database() {
    let dir = DataDir::new("crash");
    let cluster = Cluster::start(&dir.0).expect("a start");
    let pid = dir.postmaster().expect("running").to_string();
    assert!(
        Command::new("kill")
            .args(["-QUIT", &pid])
            .status()
            .expect("kill")
            .success()
    );
    while Path::new("/proc").join(&pid).exists() {
        std::thread::yield_now();
    }
    // Its file may name a process that started since: here, one that has always run.
    let pid_file = dir.0.join("database/data/postmaster.pid");
    fs::write(&pid_file, "1\n/elsewhere\n1\n5432\n\n\n").expect("our file");
    cluster.stop().expect("nothing to stop");

    let again = Cluster::start(&dir.0).expect("a start after a crash");
    assert_eq!(ask(again.url(), "select 1").unwrap(), "1");
}

#[test]
fn a_dead_process_that_nobody_collected_is_not_taken_for_the_database() {
    let dir = DataDir::new("zombie");
    let cluster = Cluster::start(&dir.0).expect("a start");
    let pid_file = dir.0.join("database/data/postmaster.pid");
    let pid = dir.postmaster().expect("running").to_string();
    let mut kill = Command::new("kill");
    assert!(kill.args(["-QUIT", &pid]).status().expect("kill").success());
    while Path::new("/proc").join(&pid).exists() {
        std::thread::yield_now();
    }
    // A child of ours that has ended; until we ask for its status it stays a zombie.
    let mut dead = Command::new("true").spawn().expect("a child");
    let stat = format!("/proc/{}/stat", dead.id());
    while !fs::read_to_string(&stat).expect("there").contains(") Z ") {
        std::thread::yield_now();
    }
    let started = std::time::UNIX_EPOCH.elapsed().expect("now").as_secs();
    let text = format!("{}\n/elsewhere\n{started}\n5432\n\n\n", dead.id());
    fs::write(&pid_file, text).expect("our file");
    cluster.stop().expect("nothing to stop");

    let again = Cluster::start(&dir.0).expect("a start after a crash");
    assert_eq!(ask(again.url(), "select 1").unwrap(), "1");
    dead.wait().expect("collected");
}

#[test]
fn begins_anew_after_a_death_while_it_was_made() {
    let dir = DataDir::new("half");
    fs::create_dir_all(dir.0.join("database/data.unfinished/base")).expect("a half-made cluster");
    fs::write(dir.0.join("database/made-by-rollcall"), "").expect("its marker");
    let cluster = Cluster::start(&dir.0).expect("a start");
    assert_eq!(ask(cluster.url(), "select 1").unwrap(), "1");
}

#[test]
fn leaves_what_it_did_not_make_alone() {
    let dir = DataDir::new("foreign");
    fs::create_dir(dir.0.join("database")).expect("our folder");
    fs::write(dir.0.join("database/precious"), "").expect("our folder");
    assert!(matches!(
        Cluster::start(&dir.0),
        Err(ClusterError::Foreign(_))
    ));

    let cluster = DataDir::new("pgdata");
    fs::write(cluster.0.join("PG_VERSION"), "15").expect("our folder");
    assert!(matches!(
        Cluster::start(&cluster.0),
        Err(ClusterError::Foreign(_))
    ));
}

#[test]
fn says_when_the_path_cannot_hold_a_socket() {
    let dir = DataDir::new("long");
    assert!(matches!(
        Cluster::start(&dir.0.join("x".repeat(90))),
        Err(ClusterError::SocketPath(_))
    ));
    assert!(matches!(
        Cluster::start(&dir.0.join("o'clock")),
        Err(ClusterError::SocketPath(_))
    ));
}

#[test]
fn says_when_the_version_that_made_it_is_gone() {
    let dir = DataDir::new("version");
    fs::create_dir_all(dir.0.join("database/data")).expect("our folder");
    fs::write(dir.0.join("database/made-by-rollcall"), "").expect("its marker");
    fs::write(dir.0.join("database/data/PG_VERSION"), "9\n").expect("our folder");
    let refused = Cluster::start(&dir.0).expect_err("no such version");
    assert!(
        refused.to_string().contains("made by PostgreSQL 9"),
        "{refused}"
    );
}
