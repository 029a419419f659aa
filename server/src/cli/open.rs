//! What a command that needs the database opens first: configuration, log, database, services.

use std::sync::Arc;

use domain::access::Actor;
use service::{Op, OpKind, Services, Settings};
use store::Db;

use super::Failure;
use crate::clients::{SystemClock, SystemEntropy};
use crate::cluster::Cluster;
use crate::config::{self, Config};

/// What stands open while a command runs.
pub struct Opened {
    /// The configuration.
    pub config: Arc<Config>,
    /// What operations stand on.
    pub services: Services,
    /// The private database, when no other is configured.
    cluster: Option<Cluster>,
}

impl Opened {
    /// An operation of whoever typed the command.
    pub fn op(&self) -> Op {
        let user = config::shell_user();
        let mut op = self
            .services
            .op(Actor::Cli { user }, OpKind::Cli, String::new());
        op.request_id = format!("cli-{}", op.new_id());
        op
    }

    /// Closes the database; the private one stops when nobody else uses it.
    pub async fn close(self) {
        self.services.db.close().await;
        let stopped = tokio::task::spawn_blocking(move || self.cluster.map(Cluster::stop)).await;
        if let Ok(Some(Err(error))) = stopped {
            tracing::warn!(%error, "the private database did not stop");
        }
    }
}

/// Opens everything. `demo` offers personas at sign-in.
///
/// # Errors
/// When the configuration is wrong or the database cannot be reached.
pub async fn open(demo: bool) -> Result<Opened, Failure> {
    let config = Arc::new(config::from_process()?);
    crate::log::start(&config);
    let (url, cluster) = database(&config).await?;
    let db = Db::connect(&url, config.database_connections)
        .map_err(|_| Failure("DATABASE_URL cannot be read as a database address".to_owned()))?;
    let services = Services {
        db,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        settings: Arc::new(settings(&config, demo)),
    };
    Ok(Opened {
        config,
        services,
        cluster,
    })
}

/// The address of the database that is configured, or of the private one, which is started.
async fn database(config: &Config) -> Result<(String, Option<Cluster>), Failure> {
    if let Some(url) = &config.database_url {
        return Ok((url.expose().to_owned(), None));
    }
    let data_dir = config.data_dir.clone();
    let cluster = tokio::task::spawn_blocking(move || Cluster::start(&data_dir))
        .await
        .map_err(|error| Failure(error.to_string()))?
        .map_err(|error| Failure(error.to_string()))?;
    Ok((cluster.url().to_owned(), Some(cluster)))
}

fn settings(config: &Config, demo: bool) -> Settings {
    Settings {
        organisation: organisation(config, demo),
        public_url: config.public_url.origin(),
        key_dir: config.data_dir.join("keys"),
        sources_key: config.sources_key.clone(),
        destinations_key: config.destinations_key.clone(),
        demo,
        provider: config.oidc.as_ref().map(|oidc| oidc.name.clone()),
        role_groups: config
            .oidc
            .as_ref()
            .map(|oidc| oidc.role_groups.clone())
            .unwrap_or_default(),
        team_groups: config
            .oidc
            .as_ref()
            .map(|oidc| oidc.team_groups.clone())
            .unwrap_or_default(),
        import_bytes: config.limits.import_bytes as u64,
        outbound: config.outbound.clone(),
        outlets: config.outlets.clone(),
        anchors: config.anchors.clone(),
        keep_months: config.keep_months,
        authorities: config.authorities.clone(),
        openapi: crate::http::api::v1::spec::written().into(),
        feed_places: service::feed::PLACES,
        detection: service::detect::Pace::default(),
    }
}

/// The name beside the brand; the demo's company where none is configured.
fn organisation(config: &Config, demo: bool) -> String {
    let unnamed = config.organisation == crate::config::settings::UNNAMED;
    if demo && unnamed {
        "Acme".to_owned()
    } else {
        config.organisation.clone()
    }
}
