//! The three reviews of the demo: when they ran and who answered how.
