//! What one template says that another of its name does not, field by field.

use std::collections::{BTreeMap, BTreeSet};

use contract::campaigns::{CampaignTemplate, TemplateChange};
use serde_json::Value;
use store::campaigns::StoredTemplate;

/// What is different in these templates from those that are there; nothing of one that is the same.
pub(super) fn changes(
    there: &[StoredTemplate],
    wanted: &[CampaignTemplate],
) -> Vec<TemplateChange> {
    wanted
        .iter()
        .filter_map(|template| {
            let known = there.iter().find(|s| s.template.name == template.name);
            let before = known
                .map(|stored| flat(&stored.template))
                .unwrap_or_default();
            let after = flat(template);
            let mut fields = Vec::new();
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                let (old, new) = (before.get(name), after.get(name));
                if old != new {
                    let text = |value: Option<&String>| value.cloned().unwrap_or_default();
                    fields.push((name.clone(), text(old), text(new)));
                }
            }
            (known.is_none() || !fields.is_empty()).then(|| TemplateChange {
                name: template.name.clone(),
                new: known.is_none(),
                fields,
            })
        })
        .collect()
}

/// Every leaf of a template by its path.
fn flat(template: &CampaignTemplate) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    walk(
        "",
        &serde_json::to_value(template).unwrap_or(Value::Null),
        &mut out,
    );
    out
}

fn walk(path: &str, value: &Value, out: &mut BTreeMap<String, String>) {
    let join = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                walk(&join(name), value, out);
            }
        }
        Value::Array(all) if all.iter().any(Value::is_object) => {
            for (n, value) in all.iter().enumerate() {
                walk(&join(&(n + 1).to_string()), value, out);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            out.insert(path.to_owned(), text.clone());
        }
        Value::Array(all) if all.is_empty() => {}
        other => {
            out.insert(path.to_owned(), other.to_string());
        }
    }
}
