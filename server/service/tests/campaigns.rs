//! Campaigns and reviews against a real database, and the ways they must not go.

#[path = "campaigns/anchors.rs"]
mod anchors;
#[path = "campaigns/around.rs"]
mod around;
#[path = "campaigns/causes.rs"]
mod causes;
#[path = "campaigns/depth.rs"]
mod depth;
#[path = "campaigns/exceptions.rs"]
mod exceptions;
#[path = "campaigns/figures.rs"]
mod figures;
#[path = "campaigns/house.rs"]
mod house;
#[path = "campaigns/items.rs"]
mod items;
#[path = "campaigns/life.rs"]
mod life;
#[path = "campaigns/quarter.rs"]
mod quarter;
#[path = "campaigns/races.rs"]
mod races;
#[path = "campaigns/reviewing.rs"]
mod reviewing;
#[path = "campaigns/silence.rs"]
mod silence;
