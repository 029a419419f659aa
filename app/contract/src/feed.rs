//! The feeds: what is read out of Rollcall, and in which words.

flat_enum! {
    /// Which feed.
    FeedStream {
        Events = "events", "Events";
        Findings = "findings", "Changes of findings";
        Activity = "activity", "Rollcall's own record";
    }
}

flat_enum! {
    /// In which words a row of a feed is written.
    FeedFormat {
        Native = "native", "Rollcall's own JSON";
        Ocsf = "ocsf", "OCSF 1.8.0";
        Ecs = "ecs", "Elastic Common Schema 8";
        Asim = "asim", "Microsoft Sentinel ASIM";
        Cef = "cef", "Common Event Format";
        Okta = "okta", "Okta system log";
    }
}
