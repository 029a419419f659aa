//! Rollcall's own command as a client, and the commands of the page "Connect a SIEM", against a server that listens.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use app::pages::docs::guides::guides;
use axum::body::Body;
use contract::access::Role;
use contract::sources::SourceInput;
use http::Request;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::world::World;

/// A server that listens, and a home for who asks it.
pub struct Live {
    pub world: World,
    pub base: String,
    pub home: PathBuf,
    server: JoinHandle<std::io::Result<()>>,
}

impl Drop for Live {
    fn drop(&mut self) {
        self.server.abort();
        std::fs::remove_dir_all(&self.home).ok();
    }
}

impl Live {
    pub async fn start(name: &str) -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let home = std::env::temp_dir().join(format!("rollcall-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let world = World::with(&[], |settings| settings.public_url.clone_from(&base)).await?;
        let server = tokio::spawn(axum::serve(listener, world.router.clone()).into_future());
        Some(Self {
            world,
            base,
            home,
            server,
        })
    }

    /// The command, with nothing of this machine's in its environment.
    fn rollcall(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", &self.home)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    async fn says(&self, token: &str, arguments: &[&str]) -> (bool, String, String) {
        let mut command = self.rollcall(arguments);
        command
            .env("ROLLCALL_URL", &self.base)
            .env("ROLLCALL_TOKEN", token);
        let output = command.output().await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.success(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    async fn deliver(&self, events: usize) {
        let input = SourceInput {
            name: "Own".into(),
            slug: "own".into(),
            ..SourceInput::default()
        };
        let token = service::sources::create(&self.world.cli(), &input)
            .await
            .unwrap()
            .token;
        let line = |n| {
            format!(
                "{{\"action\":\"deploy\",\"occurred_at\":\"2026-11-01T00:00:00Z\",\"vendor_id\":\"{n}\"}}\n"
            )
        };
        let body: String = (0..events).map(line).collect();
        let request =
            Request::post("/ingest/v1/own").header("authorization", format!("Bearer {token}"));
        let answer = self
            .world
            .send(request.body(Body::from(body)).unwrap())
            .await;
        assert_eq!(answer.status, http::StatusCode::OK, "{}", answer.body);
        while service::feed::sequence(&self.world.services.system("sequencer"))
            .await
            .unwrap()
            > 0
        {}
    }
}

#[tokio::test]
async fn the_command_reads_writes_and_says_why_not() {
    let Some(live) = Live::start("api").await else {
        return;
    };
    for name in ["ada", "ben", "cyd"] {
        live.world.person(name, &[Role::Owner]).await;
    }
    let token = live
        .world
        .token(
            "shell",
            &["inventory:read", "sources:read", "sources:write"],
        )
        .await;
    let (done, said, _) = live
        .says(
            &token,
            &["api", "people", "limit=2", "--all", "--columns", "name"],
        )
        .await;
    assert!(done && said.starts_with("NAME\n"), "{said}");
    assert_eq!(said.lines().count(), 4, "{said}");
    let (_, said, told) = live
        .says(&token, &["api", "people", "limit=2", "-o", "ndjson"])
        .await;
    assert_eq!(said.lines().count(), 2);
    assert!(told.contains("--all"), "{told}");
    let (done, said, _) = live
        .says(
            &token,
            &["api", "sources", "-X", "POST", "name=Okta", "-o", "json"],
        )
        .await;
    let made: Value = serde_json::from_str(&said).unwrap();
    assert!(done && made["token"].as_str().is_some(), "{said}");
    let (done, _, told) = live
        .says(&token, &["api", "sources", "-X", "POST", "nam=Okta"])
        .await;
    assert!(
        !done && told.contains("400") && told.contains("nam: "),
        "{told}"
    );
    let (done, _, told) = live.says(&token, &["api", "activity"]).await;
    assert!(!done && told.contains("403"), "{told}");
    let away = live.rollcall(&["api", "people"]).output().await.unwrap();
    assert!(!away.status.success());
    assert!(
        String::from_utf8(away.stderr)
            .unwrap()
            .contains("rollcall login")
    );
}

/// The code a shell shows, once it does.
async fn shown(live: &Live) -> String {
    loop {
        let mut conn = live.world.services.db.acquire().await.unwrap();
        let codes = store::testing::texts(&mut conn, "SELECT user_code FROM device_logins").await;
        if let [code] = codes.as_slice() {
            return code.clone();
        }
        drop(conn);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_shell_is_signed_in_when_an_administrator_approves_its_code() {
    let Some(live) = Live::start("login").await else {
        return;
    };
    let arguments = ["login", "--url", &live.base, "--name", "laptop"];
    let shell = live
        .rollcall(&arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let code = shown(&live).await;
    let owner = live.world.signed_in(Role::Owner).await;
    let path = format!("/settings/device?code={code}");
    let refused = live.world.page(&path, Some(&owner)).await;
    assert_eq!(refused.status, http::StatusCode::FORBIDDEN);
    let admin = live.world.signed_in(Role::Admin).await;
    let page = live.world.page(&path, Some(&admin)).await;
    assert!(
        page.body.contains(&code) && page.body.contains("laptop"),
        "{}",
        page.body
    );
    let answer = live
        .world
        .form(
            "/api/ui/devices/answer",
            Some(&admin),
            &format!("code={}&approve=true", code.to_lowercase()),
        )
        .await;
    assert!(
        answer.status.is_success() || answer.status.is_redirection(),
        "{}",
        answer.body
    );
    // The shell asks again after five seconds of its own; the world's clock stands.
    live.world.advance(chrono::TimeDelta::seconds(6));
    let output = shell.wait_with_output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(String::from_utf8(output.stderr).unwrap().contains(&code));
    let kept = live.home.join(".config/rollcall/login.toml");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&kept).unwrap());
    assert_eq!(mode & 0o777, 0o600);
    let read = live.rollcall(&["api", "people"]).output().await.unwrap();
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    // It is on the roll, whoever approved answers for it, and its code works no more.
    let mut conn = live.world.services.db.acquire().await.unwrap();
    let sql = "SELECT n.name || ' ' || p.name FROM identities n JOIN people p ON p.id = n.owner_id";
    let rows = store::testing::texts(&mut conn, sql).await;
    assert_eq!(rows, [format!("Rollcall token laptop ({code}) admin")]);
    assert!(
        store::testing::texts(&mut conn, "SELECT user_code FROM device_logins")
            .await
            .is_empty()
    );
    drop(conn);
    let gone = live.rollcall(&["logout"]).output().await.unwrap();
    assert!(gone.status.success() && !kept.exists());
}

#[tokio::test]
async fn a_login_that_is_refused_or_too_old_gives_nothing() {
    let Some(live) = Live::start("refused").await else {
        return;
    };
    let post = async |path: &str, form: &str| {
        let request = Request::post(format!("/api/v1/{path}"))
            .header("content-type", "application/x-www-form-urlencoded");
        live.world
            .send(request.body(Body::from(form.to_owned())).unwrap())
            .await
            .json()
    };
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=";
    let begun = post("device", "name=a&scope=feed:read").await;
    let ask = format!("{grant}{}", begun["device_code"].as_str().unwrap());
    assert_eq!(post("token", &ask).await["error"], "authorization_pending");
    assert_eq!(post("token", &ask).await["error"], "slow_down");
    let admin = live.world.person("root", &[Role::Admin]).await;
    let op = live.world.op(domain::access::Actor::Person(admin));
    let code = begun["user_code"].as_str().unwrap();
    service::devices::answer(&op, code, false).await.unwrap();
    assert!(
        service::devices::answer(&op, code, true).await.is_err(),
        "answered once"
    );
    live.world.advance(chrono::TimeDelta::seconds(6));
    assert_eq!(post("token", &ask).await["error"], "access_denied");
    let begun = post("device", "name=b&scope=feed:read").await;
    live.world.advance(chrono::TimeDelta::minutes(11));
    let ask = format!("{grant}{}", begun["device_code"].as_str().unwrap());
    assert_eq!(post("token", &ask).await["error"], "expired_token");
    assert_eq!(
        post("token", &format!("{grant}made-up")).await["error"],
        "expired_token"
    );
    assert_eq!(
        post("device", "name=c&scope=everything").await["error"],
        "invalid_scope"
    );
}

#[tokio::test]
async fn every_command_of_the_page_that_connects_a_siem_runs() {
    let Some(live) = Live::start("connect").await else {
        return;
    };
    live.deliver(3).await;
    let token = live
        .world
        .token("siem", &["feed:read", "destinations:write"])
        .await;
    let folder: &Path = &live.home;
    let mut ran = Vec::new();
    for guide in guides(&live.base) {
        for sample in guide.samples.iter().filter(|sample| sample.run) {
            let output = Command::new("sh")
                .args(["-c", &format!("set -e\n{}", sample.code)])
                .current_dir(folder)
                .env("ROLLCALL_TOKEN", &token)
                .output()
                .await
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(
                output.status.success(),
                "{}: {}",
                sample.id,
                String::from_utf8_lossy(&output.stderr)
            );
            let expected = if sample.code.contains("/destinations") {
                let made: Value = serde_json::from_str(&said).unwrap();
                assert_eq!(made["name"], guide.id, "{said}");
                0
            } else {
                3
            };
            assert_eq!(
                said.matches("\"hash\"").count(),
                expected,
                "{}: {said}",
                sample.id
            );
            ran.push(sample.id);
        }
    }
    assert_eq!(ran.len(), 8, "{ran:?}");
}
