//! Wakes requests that wait for a feed to grow: one connection listens for all of this process.

use std::sync::Arc;

use service::{Services, feed};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// Cheap to clone; nothing is opened until somebody waits.
#[derive(Clone)]
pub struct Doorbell {
    services: Services,
    rung: watch::Sender<u64>,
    ear: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Doorbell {
    /// A bell nobody listens to yet.
    pub fn new(services: Services) -> Self {
        Self {
            services,
            rung: watch::Sender::new(0),
            ear: Arc::default(),
        }
    }

    /// Hears every ring from now on.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn listen(&self) -> service::Result<watch::Receiver<u64>> {
        let mut ear = self.ear.lock().await;
        if ear.as_ref().is_none_or(JoinHandle::is_finished) {
            let mut bell = feed::listen_published(&self.services).await?;
            let rung = self.rung.clone();
            *ear = Some(tokio::spawn(async move {
                loop {
                    match bell.ring().await {
                        Ok(()) => rung.send_modify(|count| *count = count.wrapping_add(1)),
                        // The next who waits listens anew.
                        Err(error) => break tracing::warn!(%error, "the feed's bell is not heard"),
                    }
                }
            }));
        }
        Ok(self.rung.subscribe())
    }
}
