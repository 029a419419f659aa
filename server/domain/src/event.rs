//! Audit events: from vendor records to one canonical shape.
