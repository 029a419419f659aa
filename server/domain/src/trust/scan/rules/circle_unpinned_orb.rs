//! An orb of CircleCI is named by something that can move.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Kind, Report, Rule};
use crate::trust::source::Node;

pub const RULE: Rule = Rule {
    id: "circle-unpinned-orb",
    severity: Severity::Medium,
    why: "Whoever publishes the next version of the orb runs code in this job.",
    fix: "Name the orb's whole version, such as `circleci/aws-cli@4.1.3`: a published version never changes.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::CircleCi {
        return;
    }
    for orb in file.root.get("orbs").map(Node::entries).unwrap_or_default() {
        let Some(text) = orb.node.text() else {
            continue;
        };
        let version = text.rsplit_once('@').map_or("", |(_, version)| version);
        let whole = version.split('.').count() == 3
            && version
                .split('.')
                .all(|it| it.bytes().all(|c| c.is_ascii_digit()));
        if !whole {
            report.say(orb.node.span, format!("{text} is not a whole version"));
        }
    }
}
