//! Runners: our own table and JSON, and what GitHub and GitLab print. Shapes follow their references; names are made up.

use contract::identities::Platform;
use contract::imports::{ImportFormat, ImportKind};

use super::*;
use crate::import::record::Runner;

fn runners(text: &str, subject: Option<&str>) -> (Vec<Runner>, Vec<String>, ImportFormat) {
    let hint = Hint {
        subject: subject.map(str::to_owned),
        ..hint()
    };
    let reading = read(text.as_bytes(), &hint);
    let format = reading
        .as_ref()
        .map_or(ImportFormat::Csv, |reading| reading.format);
    drop(reading);
    let (records, problems, _) = parts(text.as_bytes(), &hint);
    let runners = records.into_iter().map(|(_, record)| match record {
        Record::Runner(runner) => runner,
        other => panic!("no runner: {other:?}"),
    });
    let problems = problems.iter().map(ToString::to_string).collect();
    (runners.collect(), problems, format)
}

#[test]
fn a_table_of_runners_is_known_by_its_headers() {
    let text = "runner,platform,org,kind,labels,repositories,last seen\n\
        big-box,github,acme,persistent,self-hosted;linux,acme/shop;acme/api,2026-11-20T08:00:00Z\n\
        spot-7,gitlab_ci,acme,ephemeral,,,\n";
    let (found, problems, format) = runners(text, None);
    assert_eq!(
        (problems, format),
        (Vec::<String>::new(), ImportFormat::Csv)
    );
    assert_eq!(
        found[0],
        Runner {
            platform: Platform::GithubActions,
            owner: "acme".into(),
            name: "big-box".into(),
            hosted: Some(false),
            ephemeral: Some(false),
            group: None,
            labels: Some(vec!["self-hosted".into(), "linux".into()]),
            repositories: vec!["acme/shop".into(), "acme/api".into()],
            last_seen: Some(at("2026-11-20T08:00:00Z")),
            online: None,
        }
    );
    assert_eq!(
        (found[1].platform, found[1].ephemeral, &found[1].labels),
        (Platform::GitlabCi, Some(true), &None)
    );
    let own = r#"{"runners":[{"name":"big-box","platform":"github_actions","owner":"acme","hosted":false,"ephemeral":true,"labels":["a","b"]}]}"#;
    let (found, problems, format) = runners(own, None);
    assert_eq!(
        (problems, format),
        (Vec::<String>::new(), ImportFormat::Json)
    );
    assert_eq!(
        (found[0].ephemeral, found[0].labels.as_deref()),
        (
            Some(true),
            Some(["a".to_owned(), "b".to_owned()].as_slice())
        )
    );
}

#[test]
fn a_wrong_row_names_its_field_and_the_rest_goes_on() {
    let text = "runner,platform,owner,kind,last_seen\n\
        a,jenkins,acme,persistent,\n\
        ,github,acme,persistent,\n\
        b,github,acme,immortal,\n\
        c,github,acme,hosted,2027-01-01\n\
        d,github,acme,self-hosted,2026-01-01\n";
    let (found, problems, _) = runners(text, None);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].name.as_str(), found[0].hosted),
        ("d", Some(false))
    );
    let begins = [
        "row 2: platform: “jenkins” is not one of",
        "row 3: name: is missing",
        "row 4: kind: “immortal” is not one of",
        "row 5: last_seen: lies in the future",
    ];
    assert_eq!(problems.len(), begins.len(), "{problems:?}");
    for (problem, begin) in problems.iter().zip(begins) {
        assert!(problem.starts_with(begin), "{problem}");
    }
}

const GITHUB: &str = r#"{"total_count":2,"runners":[
  {"id":23,"name":"linux_runner","os":"linux","status":"online","busy":true,"ephemeral":false,"labels":[{"id":5,"name":"self-hosted","type":"read-only"},{"id":7,"name":"X64","type":"read-only"}]},
  {"id":24,"name":"mac_runner","os":"macos","status":"offline","busy":false,"labels":[{"id":5,"name":"self-hosted","type":"read-only"}]}]}"#;

#[test]
fn githubs_list_is_read_as_its_api_prints_it() {
    let (found, problems, format) = runners(GITHUB, Some("acme/shop"));
    assert_eq!(
        (problems, format),
        (Vec::<String>::new(), ImportFormat::GithubRunners)
    );
    let [linux, mac] = found.as_slice() else {
        panic!("two of them: {found:?}")
    };
    assert_eq!(
        (
            linux.owner.as_str(),
            linux.hosted,
            linux.ephemeral,
            linux.online
        ),
        ("acme", Some(false), Some(false), Some(true))
    );
    assert_eq!(
        linux.last_seen,
        Some(at("2026-11-21T10:00:00Z")),
        "it is there now"
    );
    assert_eq!(
        linux.labels.as_deref(),
        Some(["self-hosted".to_owned(), "X64".to_owned()].as_slice())
    );
    assert_eq!(linux.repositories, ["acme/shop"]);
    assert_eq!(
        (mac.ephemeral, mac.online, mac.last_seen),
        (None, Some(false), None)
    );
    // Of an organisation, in pages, as --slurp puts them together, and entry by entry.
    let slurped = format!("[{GITHUB},{GITHUB}]");
    let (pages, problems, format) = runners(&slurped, Some("acme"));
    assert_eq!(
        (pages.len(), problems.len(), format),
        (4, 0, ImportFormat::GithubRunners)
    );
    assert!(pages[0].repositories.is_empty());
    let (_, problems, _) = runners(GITHUB, None);
    assert!(
        problems[0].contains("whose runners these are"),
        "{problems:?}"
    );
}

#[test]
fn githubs_larger_runners_are_the_platforms() {
    let text = r#"{"total_count":1,"runners":[{"id":5,"name":"ubuntu-16-cores","runner_group_id":2,"platform":"linux-x64",
      "image":{"id":"ubuntu-24.04","size":86},"machine_size_details":{"id":"16-core","cpu_cores":16,"memory_gb":64,"storage_gb":600},
      "status":"Ready","maximum_runners":10,"public_ip_enabled":true,"last_active_on":"2026-11-20T08:00:00Z"}]}"#;
    let (found, problems, _) = runners(text, Some("acme"));
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        (found[0].hosted, found[0].online, found[0].last_seen),
        (Some(true), None, Some(at("2026-11-20T08:00:00Z")))
    );
    assert_eq!(found[0].shown_name(), "hosted: ubuntu-16-cores");
}

#[test]
fn gitlabs_lists_and_single_runners_are_read() {
    let list = r#"[{"id":6,"description":"metal-3","ip_address":"","active":true,"paused":false,"is_shared":false,"runner_type":"project_type","name":null,"online":true,"status":"online"},
      {"id":8,"description":"","active":true,"paused":false,"is_shared":true,"runner_type":"instance_type","name":null,"online":null,"status":"never_contacted"}]"#;
    let (found, problems, format) = runners(list, Some("acme"));
    assert_eq!(
        (problems, format),
        (Vec::<String>::new(), ImportFormat::GitlabRunners)
    );
    assert_eq!(
        (
            found[0].name.as_str(),
            found[0].hosted,
            found[0].group.as_deref()
        ),
        ("metal-3", Some(false), Some("project_type"))
    );
    assert_eq!(
        (found[1].shown_name().as_str(), found[1].online),
        ("hosted", Some(false))
    );
    let (_, problems, _) = runners(list, None);
    assert!(
        problems[0].starts_with("row 1: projects: does not tell whose it is"),
        "{problems:?}"
    );

    let one = r#"{"id":6,"description":"metal-3","active":true,"is_shared":false,"runner_type":"project_type","status":"offline",
      "contacted_at":"2026-11-19T07:00:00.000Z","tag_list":["metal","big"],"projects":[{"id":1,"name":"Shop","path_with_namespace":"acme/web/shop"}]}"#;
    let (found, problems, _) = runners(one, None);
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(
        (found[0].owner.as_str(), found[0].repositories.as_slice()),
        ("acme", ["acme/web/shop".to_owned()].as_slice())
    );
    assert_eq!(found[0].last_seen, Some(at("2026-11-19T07:00:00Z")));
    assert_eq!(
        found[0].labels.as_deref(),
        Some(["metal".to_owned(), "big".to_owned()].as_slice())
    );
}

#[test]
fn a_runner_of_a_list_is_the_one_events_tell_of() {
    let event = serde_json::json!({"action": "completed", "repository": {"full_name": "acme/shop", "node_id": "n"},
        "workflow_job": {"id": 1, "run_id": 2, "name": "build", "conclusion": "success", "completed_at": "2026-08-01T10:00:00Z",
            "labels": ["self-hosted"], "runner_name": "linux_runner", "runner_group_name": "Default"}});
    let event = crate::event::normalize::accept(None, event.into())
        .expect("a good record")
        .event;
    let seen = crate::event::sighting::Sighting::of(&event).expect("tells of a runner");
    let (found, _, _) = runners(GITHUB, Some("acme"));
    assert_eq!(found[0].id(), seen.id());
    assert_eq!(ImportKind::Runners.as_str(), "runners");
}
