//! The memory of sealing: a pack is written piece by piece, so ten times the items must not take ten times the room.

use std::time::Instant;

use contract::campaigns::CampaignInput;
use service::{campaigns, evidence};
use store::testing::{bench, memory};

use super::{say, services};

/// Items of the packs that are compared.
const SIZES: [i32; 2] = [500, 5_000];
const WHY: &str = "A benchmark has no sources to tell of anything";

/// Seals a campaign of each size and prints what sealing added to the most memory held until then.
pub async fn run() {
    let mut taken = Vec::new();
    for items in SIZES {
        taken.push(sealed(items).await);
    }
    if let [Some(few), Some(many)] = taken[..] {
        say(&format!(
            "  difference     {:>9.1} MiB        {} against {} items",
            many - few,
            SIZES[1],
            SIZES[0]
        ));
    }
}

/// MiB that sealing took at its highest; nothing where the system does not tell.
async fn sealed(items: i32) -> Option<f64> {
    let services = services().await;
    // Some of what is made up was removed or only discovered: so many more, that so many are reviewed.
    bench::fill_identities(&services.db, items * 108 / 100)
        .await
        .expect("fills");
    bench::fill_holdings(&services.db).await.expect("holds");
    let op = services.system("bench");
    let input = CampaignInput {
        name: format!("{items} items"),
        due_on: (op.now + chrono::TimeDelta::days(30))
            .date_naive()
            .to_string(),
        ..CampaignInput::default()
    };
    let id = campaigns::create(&op, input).await.expect("a draft");
    let frozen = campaigns::start_accepting(&op, id, WHY)
        .await
        .expect("starts");
    campaigns::close(&op, id).await.expect("closes");

    // Without it only growth past the start is seen.
    let reset = memory::forget_peak();
    let before = memory::peak(None);
    let started = Instant::now();
    let pack = evidence::seal(&op, id).await.expect("seals");
    let seconds = started.elapsed().as_secs_f64();
    let took = before
        .zip(memory::peak(None))
        .map(|(before, after)| memory::mib(after.saturating_sub(before)));
    let mib = took.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.1}"));
    say(&format!(
        "seal             {mib:>9} MiB        more at the highest than before, {frozen} items, {} bytes of pack, {seconds:.1} s{}",
        pack.bytes,
        if reset {
            ""
        } else {
            " (the highest could not be reset)"
        }
    ));
    took
}
