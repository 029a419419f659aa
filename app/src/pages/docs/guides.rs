//! How a SIEM is connected: steps to copy, with this server's address. A test runs every command that is marked as run.

/// One thing to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What it does.
    pub title: &'static str,
    /// Id on the page.
    pub id: &'static str,
    /// The code.
    pub code: String,
    /// What it is, e.g. `sh`.
    pub note: &'static str,
    /// Whether a test runs it as it stands, with `sh`.
    pub run: bool,
}

/// One client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guide {
    /// Id on the page.
    pub id: &'static str,
    /// Whom it connects.
    pub title: &'static str,
    /// In a sentence or two.
    pub about: &'static str,
    /// What was tried, and what was not.
    pub tried: &'static str,
    /// What to copy.
    pub samples: Vec<Sample>,
}

/// Every guide; `url` is the server's public address.
pub fn guides(url: &str) -> Vec<Guide> {
    vec![
        curl(url),
        splunk(url),
        elastic(url),
        sentinel(url),
        okta(url),
        rsyslog(url),
    ]
}

fn sample(id: &'static str, title: &'static str, note: &'static str, code: String) -> Sample {
    Sample {
        title,
        id,
        code,
        note,
        run: note == "sh",
    }
}

/// What somebody asks first.
pub fn begin(url: &str) -> Sample {
    let code = format!(
        "curl -sf -i -H \"Authorization: Bearer $ROLLCALL_TOKEN\" \\\n  \"{url}/api/v1/identities?limit=10&fields=id,name,risk\""
    );
    sample("begin-curl", "Read ten identities", "sh", code)
}

fn curl(url: &str) -> Guide {
    Guide {
        id: "curl",
        title: "Plain curl",
        about: "Every feed is a list of pages. A page without a next link is the last one for now, however short others are; X-Next-Cursor says where to go on.",
        tried: "Each command is run by a test.",
        samples: vec![
            sample(
                "curl-one",
                "Read a page",
                "sh",
                format!(
                    "curl -sf -H \"Authorization: Bearer $ROLLCALL_TOKEN\" \\\n  \"{url}/api/v1/events?limit=100\""
                ),
            ),
            sample(
                "curl-all",
                "Read everything there is, a line each",
                "sh",
                format!(
                    "curl -sf -H \"Authorization: Bearer $ROLLCALL_TOKEN\" -H \"Accept: application/x-ndjson\" \\\n  \"{url}/api/v1/events?limit=all\""
                ),
            ),
            sample(
                "curl-loop",
                "Follow the pages",
                "sh",
                format!(
                    "next=\"{url}/api/v1/events?limit=1000\"\n\
                 while [ -n \"$next\" ]; do\n\
                 \x20 curl -sf -D headers.txt -H \"Authorization: Bearer $ROLLCALL_TOKEN\" \"$next\"\n\
                 \x20 next=$(tr -d '\\r' < headers.txt | sed -n 's/^[Ll]ink:.*<\\([^>]*\\)>; *rel=\"next\".*/\\1/p')\n\
                 done"
                ),
            ),
            sample(
                "curl-cron",
                "Let Rollcall keep the place",
                "sh",
                format!(
                    "curl -sf -H \"Authorization: Bearer $ROLLCALL_TOKEN\" \\\n  \"{url}/api/v1/events?consumer=cron&limit=1000\""
                ),
            ),
        ],
    }
}

/// A destination made by one request.
fn destination(url: &str, body: &str) -> String {
    format!(
        "curl -sf -H \"Authorization: Bearer $ROLLCALL_TOKEN\" -H \"Content-Type: application/json\" \\\n  \
         {url}/api/v1/destinations -d '{body}'"
    )
}

fn splunk(url: &str) -> Guide {
    Guide {
        id: "splunk",
        title: "Splunk",
        about: "Make an HTTP Event Collector token in Splunk; Rollcall sends to it, in order, at least once. With indexer acknowledgement it waits until the indexers have the rows. Deduplicate on the field rollcall_id.",
        tried: "The command is run by a test, and the sending against a receiver that keeps Splunk's rules. No Splunk server was at hand.",
        samples: vec![
            sample(
                "splunk-hec",
                "Send to the collector",
                "sh",
                destination(
                    url,
                    r#"{"name":"splunk","kind":"splunk","address":"https://splunk.example.com:8088","secret":"HEC-TOKEN","format":"ocsf","acknowledged":true}"#,
                ),
            ),
            sample(
                "splunk-search",
                "Find the rows, each once",
                "SPL, not run",
                "index=* source=\"rollcall:events\" | dedup rollcall_id".to_owned(),
            ),
        ],
    }
}

fn elastic(url: &str) -> Guide {
    Guide {
        id: "elastic",
        title: "Elasticsearch",
        about: "Rollcall writes into a data stream with create and its own ids, so that what is sent twice is there once. Elastic's httpjson input can pull as well.",
        tried: "The command is run by a test, and the sending against a receiver that keeps the rules of bulk. No Elasticsearch server was at hand; the input was not run.",
        samples: vec![
            sample(
                "elastic-bulk",
                "Send in bulk",
                "sh",
                destination(
                    url,
                    r#"{"name":"elastic","kind":"elastic","address":"https://elastic.example.com:9200","secret":"API-KEY","index":"logs-rollcall-default","format":"ecs"}"#,
                ),
            ),
            sample(
                "elastic-input",
                "Or pull with Filebeat",
                "filebeat.yml, not run",
                format!(
                    "filebeat.inputs:\n\
                 - type: httpjson\n\
                 \x20 interval: 1m\n\
                 \x20 request.url: {url}/api/v1/events?limit=1000&format=ecs\n\
                 \x20 request.transforms:\n\
                 \x20 - set: {{target: header.Authorization, value: \"Bearer ${{ROLLCALL_TOKEN}}\"}}\n\
                 \x20 - set: {{target: url.params.after, value: \"[[.cursor.after]]\", default: \"\"}}\n\
                 \x20 response.pagination:\n\
                 \x20 - set: {{target: url.value, value: '[[getRFC5988Link \"next\" .last_response.header.Link]]', fail_on_template_error: true}}\n\
                 \x20 cursor.after.value: '[[.last_response.header.Get \"X-Next-Cursor\"]]'"
                ),
            ),
        ],
    }
}

fn sentinel(url: &str) -> Guide {
    Guide {
        id: "sentinel",
        title: "Microsoft Sentinel",
        about: "A codeless connector polls the feed and keeps the link. Sentinel rewrites TimeGenerated of old rows to the time of ingestion: keep EventStartTime and EventUid in the table.",
        tried: "Not run: no Sentinel was at hand. The paging it asks for is the one the other pollers use.",
        samples: vec![sample(
            "sentinel-ccf",
            "The poller",
            "JSON of the connector, not run",
            format!(
                "{{\n\
             \x20 \"auth\": {{\"type\": \"APIKey\", \"ApiKeyName\": \"X-API-Key\", \"ApiKey\": \"[[parameters('token')]\"}},\n\
             \x20 \"request\": {{\n\
             \x20   \"apiEndpoint\": \"{url}/api/v1/events\",\n\
             \x20   \"httpMethod\": \"GET\",\n\
             \x20   \"queryParameters\": {{\"limit\": \"1000\", \"format\": \"asim\"}},\n\
             \x20   \"rateLimitQPS\": 10\n\
             \x20 }},\n\
             \x20 \"paging\": {{\"pagingType\": \"PersistentLinkHeader\"}},\n\
             \x20 \"response\": {{\"eventsJsonPaths\": [\"$\"]}}\n\
             }}"
            ),
        )],
    }
}

fn okta(url: &str) -> Guide {
    Guide {
        id: "okta",
        title: "Pollers made for Okta",
        about: "Whatever polls Okta's system log polls /logs: the same parameters, headers and shape, always with a next link. Give it this server for the Okta domain.",
        tried: "Okta's own Python SDK, unmodified, reads every event once in a test; the command is run by one. Vector was not run.",
        samples: vec![
            sample(
                "okta-curl",
                "What such a poller asks",
                "sh",
                format!(
                    "curl -sf -H \"Authorization: SSWS $ROLLCALL_TOKEN\" \\\n  \"{url}/api/v1/logs?since=2026-01-01T00:00:00Z&limit=1000\""
                ),
            ),
            sample(
                "okta-vector",
                "Vector",
                "vector.toml, not run",
                format!(
                    "[sources.rollcall]\n\
                 type = \"okta\"\n\
                 domain = \"{url}\"\n\
                 token = \"${{ROLLCALL_TOKEN}}\""
                ),
            ),
        ],
    }
}

fn rsyslog(url: &str) -> Guide {
    Guide {
        id: "rsyslog",
        title: "rsyslog",
        about: "RFC 5424 over TLS with octet counting. The receiver's certificate must be of an authority the wide internet knows, or of one in ROLLCALL_OUTBOUND_AUTHORITIES.",
        tried: "Where rsyslog with TLS is installed, a test starts it with this configuration and sends to it; the command is run by a test.",
        samples: vec![
            sample(
                "rsyslog-conf",
                "Receive",
                "rsyslog.conf",
                RSYSLOG.to_owned(),
            ),
            sample(
                "rsyslog-send",
                "Send",
                "sh",
                destination(
                    url,
                    r#"{"name":"rsyslog","kind":"syslog","address":"tls://syslog.example.com:6514","format":"cef"}"#,
                ),
            ),
        ],
    }
}

/// What rsyslog is told; the test puts its own port and folder in.
pub const RSYSLOG: &str = "\
global(
  DefaultNetstreamDriver=\"ossl\"
  DefaultNetstreamDriverCAFile=\"/etc/rsyslog.d/ca.pem\"
  DefaultNetstreamDriverCertFile=\"/etc/rsyslog.d/cert.pem\"
  DefaultNetstreamDriverKeyFile=\"/etc/rsyslog.d/key.pem\"
)
module(load=\"imtcp\" StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\")
template(name=\"rollcall\" type=\"string\" string=\"%structured-data% %msg%\\n\")
input(type=\"imtcp\" port=\"6514\" ruleset=\"rollcall\")
ruleset(name=\"rollcall\") {
  action(type=\"omfile\" file=\"/var/log/rollcall.log\" template=\"rollcall\")
}
";
