//! VERIFY.md: how to check a pack with openssl and jq alone, without trusting Rollcall.

use ed25519_dalek::VerifyingKey;

use super::format::Header;
use super::keys;

/// The guide of one pack.
pub fn text(header: &Header, key: &VerifyingKey) -> String {
    TEXT.replace("{name}", &header.name.replace(['\n', '\r', '`'], " "))
        .replace("{id}", &header.id.to_string())
        .replace("{fingerprint}", &keys::fingerprint(key))
}

const TEXT: &str = r#"# Check this evidence yourself

Campaign: {name}
Id: {id}
Key fingerprint: {fingerprint}

With Rollcall: `rollcall verify PACK.zip --key rollcall-public-key.pem`. Everything below needs only
`unzip`, `openssl` (3.0 or later), `jq` and `sha256sum`.

Get the public key, or at least its fingerprint, from the organisation by another way than this pack:
the copy in here (`public_key.pem`) proves nothing about who signed.

## 1. Who signed

    unzip -d pack PACK.zip && cd pack
    openssl pkey -pubin -in public_key.pem -outform DER | tail -c 32 | sha256sum   # the fingerprint above
    openssl pkeyutl -verify -pubin -inkey public_key.pem -rawin -in manifest.json -sigfile manifest.sig

It must say `Signature Verified Successfully`. Use the key you were given, not the one in the pack.

## 2. Nothing was changed

    jq -r '.files[] | .sha256 + "  " + .path' manifest.json | sha256sum --check --strict

Every line must say `OK`. There must be no other file than these, `manifest.json` and `manifest.sig`.

## 3. Nothing is missing

    jq '.population.count' manifest.json        # items frozen when the campaign started
    wc -l < items.ndjson                        # the same number
    jq '[.outcomes[]] | add' manifest.json      # the same number again

The items are chained: each row's `hash` covers the row and the hash before it.

    previous=$(printf '0%.0s' $(seq 64)); n=0
    while IFS= read -r row; do
      n=$((n + 1))
      hash=$(printf '%s\n%s\n%s' "$previous" "$n" "$(printf '%s' "$row" | jq -cS .item)" | sha256sum | cut -d' ' -f1)
      [ "$hash" = "$(printf '%s' "$row" | jq -r .hash)" ] || { echo "row $n does not hold"; break; }
      previous=$hash
    done < items.ndjson
    [ "$previous" = "$(jq -r .population.head manifest.json)" ] && echo "all $n items hold"

## 4. Rollcall's own record

`activity.ndjson` is the stretch of the record of who did what, from the campaign's beginning to its
sealing. Each `hash` is SHA-256 over the 32 bytes of the hash before and the entry as `jq -cS .entry`
prints it. `manifest.json` holds the hash before the first entry (`.activity.previous`) and the last one
(`.activity.head`); ask for the same position in any later record to see that it was never rewritten.

    previous=$(jq -r .activity.previous manifest.json)
    while IFS= read -r row; do
      hash=$( { printf '%s' "$previous" | sed 's/../\\x&/g' | xargs -0 printf '%b';
                printf '%s' "$row" | jq -jcS .entry; } | sha256sum | cut -d' ' -f1)
      [ "$hash" = "$(printf '%s' "$row" | jq -r .hash)" ] || { echo "the record does not hold"; break; }
      previous=$hash
    done < activity.ndjson
    [ "$previous" = "$(jq -r .activity.head manifest.json)" ] && echo "the record holds"

## What the outcomes mean

`approve`, `modify`, `revoke`: decided by a person who was shown the frozen identity. `dont_know`: nobody
asked could say. `not_reviewed`: nobody answered before the campaign closed; this is never an approval.
`gone`: the identity vanished before anybody answered. `content_hash` is the fingerprint of the frozen
facts; a decision with a `current_hash` was made after the identity had changed and the change was shown.
"#;

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write};
    use std::process::Command;

    use super::*;
    use crate::evidence::write::tests::{header, key, pack};

    fn have(tool: &str) -> bool {
        let found = Command::new(tool).arg("--version").output().is_ok();
        if !found {
            let _ = writeln!(std::io::stderr(), "skipped: {tool} absent");
        }
        found
    }

    /// The indented lines of the guide, as a reader would paste them.
    fn commands(text: &str) -> String {
        text.lines()
            .filter_map(|line| line.strip_prefix("    "))
            .filter(|line| !line.starts_with("unzip"))
            .flat_map(|line| [line, "\n"])
            .collect()
    }

    fn follow(edit: impl FnOnce(&std::path::Path)) -> String {
        let folder =
            std::env::temp_dir().join(format!("rollcall-guide-{:?}", std::thread::current().id()));
        std::fs::create_dir_all(&folder).expect("folder");
        let mut archive = zip::ZipArchive::new(Cursor::new(pack(3))).expect("zip");
        for at in 0..archive.len() {
            let mut file = archive.by_index(at).expect("file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("read");
            std::fs::write(folder.join(file.name()), bytes).expect("write");
        }
        edit(&folder);
        let script = commands(&text(&header(3), &key(1).verifying_key()));
        let output = Command::new("bash")
            .arg("-c")
            .arg(script)
            .current_dir(&folder)
            .output()
            .expect("bash");
        std::fs::remove_dir_all(&folder).expect("clean");
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        )
    }

    #[test]
    fn the_guides_own_commands_accept_an_honest_pack_and_refuse_a_changed_one() {
        if !have("openssl") || !have("jq") || !have("sha256sum") {
            return;
        }
        let honest = follow(|_| ());
        for line in [
            &keys::fingerprint(&key(1).verifying_key()),
            "Signature Verified Successfully",
            "items.ndjson: OK",
            "all 3 items hold",
            "the record holds",
        ] {
            assert!(honest.contains(line), "{line}\n{honest}");
        }
        assert!(
            !honest.contains("FAILED") && !honest.contains("rror"),
            "{honest}"
        );

        let changed = follow(|folder| {
            let path = folder.join("items.ndjson");
            let text = std::fs::read_to_string(&path).expect("items");
            std::fs::write(&path, text.replacen("\"approve\"", "\"revoke\"", 1)).expect("write");
        });
        assert!(
            changed.contains("items.ndjson: FAILED") && changed.contains("does not hold"),
            "{changed}"
        );
    }
}
