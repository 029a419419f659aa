//! Runs: what reached production on a day with the chain of each, and one run as a story.

mod day;
mod story;

use contract::stories::{ChainLink, LinkStanding};

use crate::components::Strength;

pub use day::RunsPage;
pub use story::StoryPage;

/// How a link is drawn.
const fn strength(standing: LinkStanding) -> Strength {
    match standing {
        LinkStanding::Proven => Strength::Whole,
        LinkStanding::Doubtful => Strength::Weak,
        LinkStanding::Missing => Strength::Broken,
        LinkStanding::NotNeeded => Strength::Spare,
    }
}

/// The chain as marks.
fn marks(chain: &[ChainLink]) -> Vec<(String, Strength, String)> {
    let mark = |link: &ChainLink| {
        let word = format!("{}. {}", link.standing.label(), link.says);
        (link.step.label().to_owned(), strength(link.standing), word)
    };
    chain.iter().map(mark).collect()
}
