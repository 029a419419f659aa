//! The keys of secrets: every process on a database has the same, or does not start.

use std::path::PathBuf;
use std::sync::Arc;

use contract::destinations::DestinationInput;
use contract::sources::SourceInput;
use service::settings::Key;
use service::{Error, Services, Settings, destinations, ingest, sources};

use super::{services, shell};

const SECRET: &str = "a-secret-the-sender-made";

/// The same database under other settings: a process on another host.
fn host(services: &Services, name: &str, key: Option<&str>) -> (Services, PathBuf) {
    let folder = std::env::temp_dir().join(format!("rollcall-{name}-{}", std::process::id()));
    let key = key.map(|digits| Key::read(&digits.repeat(32)).unwrap());
    let settings = Settings {
        sources_key: key.clone(),
        destinations_key: key,
        ..Settings::for_tests(folder.clone())
    };
    let services = Services {
        settings: Arc::new(settings),
        ..services.clone()
    };
    (services, folder)
}

async fn why(services: &Services) -> String {
    match sources::check_key(&shell(services)).await {
        Err(Error::Internal(why)) => why,
        other => panic!("it starts: {other:?}"),
    }
}

#[tokio::test]
async fn a_process_without_the_key_of_the_database_does_not_start() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let (one, _) = host(&services, "one", Some("0f"));
    let (two, made) = host(&services, "two", None);
    let empty = sources::check_key(&shell(&two)).await;
    assert!(empty.is_ok(), "nothing is encrypted yet: {empty:?}");
    let input = SourceInput {
        name: "Hooks".into(),
        slug: "hooks".into(),
        secret: SECRET.into(),
        ..SourceInput::default()
    };
    sources::create(&shell(&one), &input).await.unwrap();
    sources::check_key(&shell(&one)).await.unwrap();

    let told = why(&two).await;
    assert!(
        told.contains("hooks") && told.contains("ROLLCALL_SOURCES_KEY"),
        "{told}"
    );
    assert!(!made.exists(), "no key is made beside the right one");
    let (other, _) = host(&services, "other", Some("f0"));
    let told = why(&other).await;
    assert!(told.contains("hooks") && !told.contains(SECRET), "{told}");
    // The same key on another host opens it, given or as the file.
    let (same, _) = host(&services, "same", Some("0f"));
    let sent = ingest::authenticate(&same, "hooks", SECRET).await;
    assert!(sent.is_ok(), "{sent:?}");
    std::fs::create_dir_all(&made).unwrap();
    std::fs::write(made.join("sources.key"), "0f".repeat(32)).unwrap();
    sources::check_key(&shell(&two)).await.unwrap();
    std::fs::remove_dir_all(&made).unwrap();
}

#[tokio::test]
async fn the_same_holds_for_the_key_of_destinations() {
    let Some(db) = store::testing::fresh().await else {
        return;
    };
    let services = services(db);
    let (one, _) = host(&services, "out-one", Some("0f"));
    let input = DestinationInput {
        name: "Warehouse".into(),
        kind: "webhook".into(),
        address: "https://siem.acme.example/in".into(),
        secret: SECRET.into(),
        ..DestinationInput::default()
    };
    destinations::create(&shell(&one), &input).await.unwrap();
    destinations::check_key(&shell(&one)).await.unwrap();
    let (two, made) = host(&services, "out-two", None);
    let (other, _) = host(&services, "out-other", Some("f0"));
    for host in [two, other] {
        match destinations::check_key(&shell(&host)).await {
            Err(Error::Internal(why)) => assert!(
                why.contains("Warehouse") && why.contains("ROLLCALL_DESTINATIONS_KEY"),
                "{why}"
            ),
            started => panic!("{started:?}"),
        }
    }
    assert!(!made.exists(), "no key is made beside the right one");
}
