//! Checks a pack offline: who signed it, whether it is unchanged, whether it is whole.
//!
//! Every file is read once, line by line, with a cap on each length, so that a hostile pack can neither
//! fill the memory nor hide a file. All problems are collected: an auditor should see the extent.

mod activity;
mod files;
mod items;
mod report;
mod rows;

use std::io::{Read, Seek};

use ed25519_dalek::{Signature, VerifyingKey};
use zip::ZipArchive;

use super::container::{self, Container};
use super::format::{
    FORMAT, LISTED, MANIFEST, Manifest, OLDEST, PUBLIC_KEY, SIGNATURE, SINCE_2, VERSION,
};
use super::keys;
use super::problem::{Problem, Refused};
pub use report::Report;

/// Verifies a pack. With a key, it must be the one that signed; without, the pack's own is used and the
/// report says that the key itself was not checked.
///
/// # Errors
/// [`Refused`] lists everything that is wrong.
pub fn verify<R: Read + Seek>(
    mut reader: R,
    key: Option<&VerifyingKey>,
) -> Result<Report, Refused> {
    let mut problems = Vec::new();
    let (repacked, entries) = match container::check(&mut reader) {
        Ok(Container::Whole(entries)) => (false, Some(entries)),
        Ok(Container::Repacked(entries)) => (true, Some(entries)),
        Ok(Container::Damaged) => {
            problems.push(Problem::Damaged);
            (false, None)
        }
        Err(error) => return refuse(vec![Problem::NotAPack(error.to_string())]),
    };
    let mut archive = match ZipArchive::new(reader) {
        Ok(archive) => archive,
        Err(error) => return refuse(vec![Problem::NotAPack(error.to_string())]),
    };
    listing(&archive, entries, &mut problems);
    let Some((manifest, embedded)) = signed(&mut archive, key, &mut problems) else {
        return refuse(problems);
    };
    for name in SINCE_2 {
        let there = archive.index_for_name(name).is_some();
        if manifest.version >= 2 && !there {
            problems.push(Problem::FileMissing((*name).to_owned()));
        }
        if manifest.version < 2 && there {
            problems.push(Problem::FileExtra((*name).to_owned()));
        }
    }
    let checked = files::check(&mut archive, &manifest, &mut problems);
    if !problems.is_empty() {
        return refuse(problems);
    }
    Ok(Report::new(
        &manifest,
        &embedded,
        key.is_some(),
        repacked,
        &checked,
    ))
}

fn refuse(mut problems: Vec<Problem>) -> Result<Report, Refused> {
    // The container's verdict is the least telling one: it goes last.
    problems.sort_by_key(|problem| *problem == Problem::Damaged);
    problems.dedup();
    Err(Refused { problems })
}

fn listing<R: Read + Seek>(
    archive: &ZipArchive<R>,
    entries: Option<u16>,
    problems: &mut Vec<Problem>,
) {
    if let Some(listed) = entries.map(usize::from)
        && listed != archive.len()
    {
        problems.push(Problem::Hidden {
            listed,
            distinct: archive.len(),
        });
    }
    let known = |name: &str| {
        LISTED.contains(&name) || SINCE_2.contains(&name) || name == MANIFEST || name == SIGNATURE
    };
    let mut extra: Vec<&str> = archive.file_names().filter(|name| !known(name)).collect();
    extra.sort_unstable();
    problems.extend(
        extra
            .into_iter()
            .take(20)
            .map(|name| Problem::FileExtra(name.to_owned())),
    );
    for name in LISTED.iter().chain(&[MANIFEST, SIGNATURE]) {
        if archive.index_for_name(name).is_none() {
            problems.push(Problem::FileMissing((*name).to_owned()));
        }
    }
}

/// Reads manifest, key and signature and judges who signed. `None` when there is nothing to go on with.
fn signed<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    given: Option<&VerifyingKey>,
    problems: &mut Vec<Problem>,
) -> Option<(Manifest, VerifyingKey)> {
    let bytes = files::small(archive, MANIFEST, problems)?;
    let signature = files::small(archive, SIGNATURE, problems);
    let embedded = files::small(archive, PUBLIC_KEY, problems)
        .and_then(|pem| keys::public_from_pem(std::str::from_utf8(&pem).unwrap_or_default()).ok());
    let manifest: Manifest = match serde_json::from_slice(&bytes) {
        Ok(manifest) => manifest,
        Err(error) => {
            problems.push(Problem::ManifestUnreadable(error.to_string()));
            return None;
        }
    };
    if manifest.format != FORMAT || !(OLDEST..=VERSION).contains(&manifest.version) {
        problems.push(Problem::Version(manifest.version));
        return None;
    }
    if embedded.is_none() {
        problems.push(Problem::KeyUnreadable);
    }
    if let Some(found) = embedded.as_ref().map(keys::key_id)
        && found != manifest.key.id
    {
        let signed = manifest.key.id.clone();
        problems.push(Problem::KeySwapped { found, signed });
    }
    if let Some(given) = given.map(keys::key_id)
        && given != manifest.key.id
    {
        let signed = manifest.key.id.clone();
        problems.push(Problem::AnotherKey { signed, given });
    }
    let key = *given.or(embedded.as_ref())?;
    let signature = signature.and_then(|bytes| Signature::from_slice(&bytes).ok());
    // Strict: a key of small order would "verify" signatures of anything.
    if signature.is_none_or(|signature| key.verify_strict(&bytes, &signature).is_err()) {
        problems.push(Problem::Signature(keys::key_id(&key)));
    }
    Some((manifest, key))
}

#[cfg(test)]
#[path = "verify/tests.rs"]
mod tests;
