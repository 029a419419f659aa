//! Trust: the lab, where a document and a token are judged side by side.

pub mod document;
pub mod lab;
pub mod pipelines;
pub mod repository;
pub mod ring;
pub mod verdict;
