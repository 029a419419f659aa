//! What was brought of a repository, read: the facts of its jobs, its protections, and the findings of each tool.

use std::collections::BTreeMap;

use domain::trust::scan::{self, Brought};
use domain::trust::{self, Governance, Home, Place, Raised};

/// What was brought, read.
pub struct Read {
    pub jobs: Option<Vec<trust::Job>>,
    pub files: i32,
    pub governance: Option<Governance>,
    pub origins: BTreeMap<String, Vec<Raised>>,
    pub problems: Vec<(String, String)>,
}

impl Read {
    pub fn of(home: &Home, brought: Brought) -> Self {
        let place = Place {
            forge: home.forge,
            name: &home.name,
        };
        let mut read = Self {
            jobs: None,
            files: 0,
            governance: None,
            origins: BTreeMap::new(),
            problems: brought.wrong,
        };
        read.scan(place, &brought.files);
        for (name, text) in &brought.governance {
            let mut all = read.governance.take().unwrap_or_default();
            match all.add(text) {
                Ok(()) => read.governance = Some(all),
                Err(why) => {
                    read.governance = (!all.is_empty()).then_some(all);
                    read.problems.push((name.clone(), why));
                }
            }
        }
        for (name, text) in &brought.sarif {
            match scan::import_sarif(text) {
                Ok(results) => {
                    let told = results.problems.into_iter().take(50);
                    read.problems.extend(told.map(|why| (name.clone(), why)));
                    for tool in &results.tools {
                        let raised = place.imported(tool, &results.found);
                        let origin = format!("sarif:{}", tool.to_lowercase());
                        read.origins.entry(origin).or_default().extend(raised);
                    }
                }
                Err(why) => read.problems.push((name.clone(), why)),
            }
        }
        read.problems.truncate(200);
        read
    }

    fn scan(&mut self, place: Place, files: &BTreeMap<String, String>) {
        if files.is_empty() {
            return;
        }
        let mut issues = Vec::new();
        let mut good = BTreeMap::new();
        for (path, text) in files {
            match scan::scan(path, text) {
                Ok(found) => {
                    issues.extend(found);
                    good.insert(path.clone(), text.clone());
                }
                Err(why) => self.problems.push((path.clone(), why)),
            }
        }
        // Files of which none can be read say nothing of the repository: what is known stays.
        if good.is_empty() {
            return;
        }
        self.files = i32::try_from(good.len()).unwrap_or(i32::MAX);
        self.jobs = Some(trust::jobs_of(&good));
        self.origins
            .insert("scan".to_owned(), place.scanned(&issues));
    }
}
