//! Syslog over TLS, against a real rsyslog from Debian where `script/bootstrap` has put one.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use app::pages::docs::guides::RSYSLOG;
use contract::destinations::DestinationInput;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use server::clients::outbound::Outbound;
use service::destinations::{self, Delivered};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::push::world_of;

/// The folder of an rsyslog with TLS, where there is one.
fn rsyslog() -> Option<PathBuf> {
    let cache = std::env::var_os("ROLLCALL_CACHE")
        .map(PathBuf::from)
        .or_else(|| {
            let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
            let home = home.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cache")));
            Some(home?.join("rollcall"))
        });
    let root = cache?.join("rsyslog");
    if root.join("usr/sbin/rsyslogd").is_file() {
        return Some(root);
    }
    println!(
        "skipped: no rsyslog in {} (script/bootstrap puts it there)",
        root.display()
    );
    None
}

async fn openssl(folder: &Path, arguments: &str) {
    let arguments = arguments.split(' ');
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// An authority and a certificate of it for this machine.
async fn certificates(folder: &Path) {
    let new = "-newkey rsa:2048 -nodes -days 2";
    openssl(
        folder,
        &format!("req -x509 {new} -keyout ca.key -out ca.pem -subj /CN=authority"),
    )
    .await;
    openssl(
        folder,
        "req -newkey rsa:2048 -nodes -keyout key.pem -out leaf.csr -subj /CN=rsyslog",
    )
    .await;
    std::fs::write(folder.join("leaf.ext"), "subjectAltName=IP:127.0.0.1\n").unwrap();
    openssl(folder, "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile leaf.ext -out cert.pem").await;
}

/// Starts it with the configuration of the page; where it listens.
async fn start(root: &Path, folder: &Path) -> (Child, String) {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let here = folder.display().to_string();
    let conf = RSYSLOG
        .replace("6514", &address.port().to_string())
        .replace("/etc/rsyslog.d", &here)
        .replace("/var/log", &here)
        .replace("global(", &format!("global(workDirectory=\"{here}\""));
    std::fs::write(folder.join("rsyslog.conf"), conf).unwrap();
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let child = Command::new(root.join("usr/sbin/rsyslogd"))
        .args([
            "-n",
            "-f",
            "rsyslog.conf",
            "-i",
            &format!("{here}/pid"),
            "-M",
        ])
        .arg(libraries.join("rsyslog"))
        .current_dir(folder)
        .env("LD_LIBRARY_PATH", &libraries)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let listens = async { while TcpStream::connect(address).await.is_err() {} };
    tokio::time::timeout(std::time::Duration::from_secs(30), listens)
        .await
        .expect("rsyslog listens");
    (child, format!("tls://{address}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_rsyslog_takes_every_row_over_tls() {
    let Some(root) = rsyslog() else { return };
    let folder = std::env::temp_dir().join(format!("rollcall-rsyslog-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    certificates(&folder).await;
    let authority = CertificateDer::from_pem_file(folder.join("ca.pem")).unwrap();
    let Some(world) = world_of(40).await else {
        return;
    };
    let (mut rsyslogd, address) = start(&root, &folder).await;
    let input = DestinationInput {
        name: "rsyslog".into(),
        kind: "syslog".into(),
        address,
        format: "cef".into(),
        ..DestinationInput::default()
    };
    let row = destinations::create(&world.cli(), &input).await.unwrap();
    let mut settings = (*world.services.settings).clone();
    let turn = async |settings: &service::Settings| {
        let carrier = Outbound::new(settings);
        let op = world.services.system("sender");
        destinations::deliver(&op, &carrier, row.id).await.unwrap()
    };
    // Nobody knows its authority yet.
    let refused = turn(&settings).await;
    assert!(
        matches!(&refused, Delivered::Later(why) if why.contains("certificate")),
        "{refused:?}"
    );
    world.advance(chrono::TimeDelta::minutes(5));
    settings.authorities = vec![authority.to_vec()];
    assert_eq!(turn(&settings).await, Delivered::Rows(40));
    let log = folder.join("rollcall.log");
    let written = || std::fs::read_to_string(&log).unwrap_or_default();
    let whole = async {
        while written().lines().count() < 40 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), whole)
        .await
        .expect("it wrote them");
    let text = written();
    let mut ids = std::collections::BTreeSet::new();
    for line in text.lines() {
        assert!(
            line.starts_with("[rollcall@32473 id=\"") && line.contains("CEF:0|"),
            "{line}"
        );
        ids.insert(line.split('"').nth(1).unwrap());
    }
    assert_eq!(ids.len(), 40, "each once");
    rsyslogd.start_kill().unwrap();
    rsyslogd.wait().await.unwrap();
    std::fs::remove_dir_all(&folder).ok();
}
