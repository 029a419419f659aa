use std::collections::HashMap;

use contract::access::Role;

use super::*;

fn from(pairs: &[(&str, &str)], file: Option<&str>) -> Result<Config, Problems> {
    let map: HashMap<String, String> = pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    read(&|name| map.get(name).cloned(), file)
}

#[test]
fn nothing_set_is_a_working_configuration_on_loopback() {
    let config = from(&[], None).expect("defaults");
    assert!(config.is_loopback() && config.database_url.is_none() && config.oidc.is_none());
    assert_eq!(config.public_url.origin(), "http://127.0.0.1:3000");
}

#[test]
fn every_problem_is_listed_at_once() {
    let Problems(problems) = from(
        &[
            ("PORT", "70000"),
            ("DATABASE_URL", "mysql://u:hunter2@h/d"),
            ("ROLLCALL_PUBLIC_URL", "rollcall.example.com/base"),
            ("ROLLCALL_OIDC_ISSUER", "http://login.example.com"),
            ("ROLLCALL_SESSION_IDLE_MINUTES", "1"),
            ("ROLLCALL_KEEP_MONTHS", "3"),
        ],
        Some("colour = 'blue'\n[log]\nformat = 'xml'"),
    )
    .expect_err("all wrong");
    let text = problems.join("\n");
    for word in [
        "PORT",
        "DATABASE_URL",
        "ROLLCALL_PUBLIC_URL",
        "ROLLCALL_OIDC_CLIENT_ID",
        "IDLE_MINUTES",
        "KEEP_MONTHS",
        "colour",
        "ROLLCALL_LOG_FORMAT",
    ] {
        assert!(text.contains(word), "{word} is not in:\n{text}");
    }
    assert!(!text.contains("hunter2"), "a secret is shown:\n{text}");
}

#[test]
fn the_environment_wins_over_the_file_and_both_write_groups() {
    let file = "organisation = 'File'\n[server]\nport = 4000\n[oidc]\nissuer = 'https://login.example.com'\nclient_id = 'rollcall'\n[oidc.role_groups]\nadmin = ['a', 'b']\nauditor = 'c'\n";
    let config = from(&[("ROLLCALL_ORGANISATION", "Environment")], Some(file)).expect("fine");
    assert_eq!(
        (config.organisation.as_str(), config.listen.port()),
        ("Environment", 4000)
    );
    let groups = config.oidc.expect("oidc").role_groups;
    assert_eq!(
        groups,
        vec![
            (Role::Admin, "a".into()),
            (Role::Admin, "b".into()),
            (Role::Auditor, "c".into())
        ]
    );

    let config = from(
        &[
            ("ROLLCALL_OIDC_ROLE_GROUPS", "admin=a, owner=b"),
            ("ROLLCALL_OIDC_TEAM_GROUPS", "payments=team-payments"),
        ],
        Some(file),
    )
    .expect("fine");
    let oidc = config.oidc.expect("oidc");
    assert_eq!(
        oidc.role_groups,
        vec![(Role::Admin, "a".into()), (Role::Owner, "b".into())]
    );
    assert_eq!(
        oidc.team_groups,
        vec![("payments".into(), "team-payments".into())]
    );
}

#[test]
fn events_are_kept_for_good_unless_months_are_said() {
    let months = |pairs: &[(&str, &str)]| from(pairs, None).expect("fine").keep_months;
    assert_eq!(months(&[]), None);
    assert_eq!(months(&[("ROLLCALL_KEEP_MONTHS", "12")]), Some(12));
}

#[test]
fn keys_are_given_or_named_and_never_shown() {
    let digits = "0f".repeat(32);
    let folder = std::env::temp_dir().join(format!("rollcall-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (file, none) = (folder.join("a.key"), folder.join("none"));
    std::fs::write(&file, format!("{digits}\n")).expect("written");
    let (file, none) = (file.to_str().expect("text"), none.to_str().expect("text"));
    for (variable, variable_file) in [
        ("ROLLCALL_SOURCES_KEY", "ROLLCALL_SOURCES_KEY_FILE"),
        (
            "ROLLCALL_DESTINATIONS_KEY",
            "ROLLCALL_DESTINATIONS_KEY_FILE",
        ),
    ] {
        let given = (variable, digits.as_str());
        let named = (variable_file, file);
        let read = |pair: (&str, &str)| {
            let config = from(&[pair], None).expect("fine");
            assert!(!format!("{config:?}").contains("0f0f"));
            (config.sources_key, config.destinations_key)
        };
        let keys = read(given);
        assert_eq!(keys.0.is_some(), variable == "ROLLCALL_SOURCES_KEY");
        assert_ne!(keys.0.is_some(), keys.1.is_some(), "each has its own");
        assert_eq!(read(named), keys);
        for wrong in [
            vec![given, named],
            vec![(variable, "0f0f0f")],
            vec![(variable_file, none)],
        ] {
            let text = from(&wrong, None).expect_err("wrong").to_string();
            assert!(text.contains(variable), "{text}");
            assert!(!text.contains("0f0f"), "a secret is shown:\n{text}");
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn a_public_address_is_an_origin() {
    for (text, origin) in [
        (
            "https://Rollcall.example.com/",
            "https://rollcall.example.com",
        ),
        (
            "https://rollcall.example.com:443",
            "https://rollcall.example.com",
        ),
        ("http://[::1]:3000", "http://[::1]:3000"),
    ] {
        let config = from(&[("ROLLCALL_PUBLIC_URL", text)], None).expect(text);
        assert_eq!(config.public_url.origin(), origin);
    }
    for text in [
        "ftp://x",
        "https://user@x",
        "https://x/path",
        "https://x?q",
        "x",
    ] {
        assert!(
            from(&[("ROLLCALL_PUBLIC_URL", text)], None).is_err(),
            "{text}"
        );
    }
}

#[test]
fn secrets_are_not_in_debug_output() {
    let config = from(&[("DATABASE_URL", "postgres://u:hunter2@h/d")], None).expect("fine");
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn each_setting_has_its_own_key_variable_and_sentence() {
    let mut seen = std::collections::HashSet::new();
    for setting in settings::SETTINGS {
        assert!(
            seen.insert(setting.key) && seen.insert(setting.env),
            "{} twice",
            setting.key
        );
        assert!(setting.doc.ends_with(['.', ')']), "{}", setting.key);
    }
}

#[test]
fn the_readme_lists_every_setting() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"))
        .expect("README.md");
    let begin = readme.find("<!-- config:begin").expect("begins");
    let begin = begin + readme[begin..].find('\n').expect("a line") + 1;
    let end = readme.find("<!-- config:end -->").expect("ends");
    let expected = settings::reference();
    assert!(
        readme[begin..end].trim() == expected.trim(),
        "the README's reference is old; put the output of `rollcall config reference` between its marks:\n{expected}"
    );
}
