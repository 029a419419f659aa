//! Who is posted to: keeps everything, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;
use service::ports::{Carried, Carrier, Reply};

/// A post as it came.
#[derive(Clone)]
pub struct Came {
    /// Where it was sent.
    pub address: String,
    /// Its headers.
    pub headers: BTreeMap<&'static str, String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Came {
    /// The one change it tells of.
    pub fn change(&self) -> Value {
        let body: Value = serde_json::from_slice(&self.body).expect("JSON");
        assert_eq!(body["type"], "rollcall.findings");
        assert_eq!(body["data"].as_array().map(Vec::len), Some(1));
        body["data"][0].clone()
    }

    /// The title of its finding.
    pub fn title(&self) -> String {
        self.change()["title"].as_str().expect("a title").to_owned()
    }
}

/// Keeps what is posted and answers with a status.
pub struct Receiver {
    status: u16,
    came: Mutex<Vec<Came>>,
}

impl Receiver {
    /// Answers everything with this.
    pub fn answering(status: u16) -> Self {
        Self {
            status,
            came: Mutex::default(),
        }
    }

    /// Everything so far, in order.
    pub fn came(&self) -> Vec<Came> {
        self.came.lock().expect("nobody panicked").clone()
    }

    /// The titles of everything so far.
    pub fn titles(&self) -> Vec<String> {
        self.came().iter().map(Came::title).collect()
    }
}

impl Carrier for Receiver {
    fn post<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply> {
        let came = Came {
            address: url.to_owned(),
            headers: headers.into_iter().collect(),
            body,
        };
        self.came.lock().expect("nobody panicked").push(came);
        let reply = Reply {
            status: self.status,
            retry_after: None,
            body: Vec::new(),
        };
        Box::pin(async move { Ok(reply) })
    }

    fn put<'a>(
        &'a self,
        url: &'a str,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    ) -> Carried<'a, Reply> {
        self.post(url, headers, body)
    }

    fn stream<'a>(&'a self, _: &'a str, _: Vec<u8>) -> Carried<'a, ()> {
        Box::pin(async { Err("posts only".to_owned()) })
    }

    fn file<'a>(&'a self, _: &'a str, _: String, _: Vec<u8>) -> Carried<'a, ()> {
        Box::pin(async { Err("posts only".to_owned()) })
    }
}
