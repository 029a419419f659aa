//! `rollcall serve`: the web server with its jobs.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{Ended, Failure, Opened, open};
use crate::config::Config;
use crate::http::{self, AppState};
use crate::jobs::{self, Runner, Status};

/// Serve the pages, the API and the ingest, and run the jobs.
///
/// Migrates first. Listens on 127.0.0.1:3000 unless ROLLCALL_HOST and PORT say otherwise; TLS ends at the
/// proxy in front. Stops in order on SIGTERM or Ctrl-C: requests under way are answered.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Load the demo organisation into an empty database and offer its personas at sign-in.
    /// Anybody who reaches the listener may sign in then: refused on any address but loopback.
    #[arg(long)]
    demo: bool,
}

/// Runs it until the process is told to stop.
///
/// # Errors
/// When the configuration is wrong, the port is taken, or the database cannot be reached.
pub async fn run(args: Args) -> Ended {
    let config = crate::config::from_process()?;
    refuse_open_demo(&config, args.demo)?;
    // The port first: a second server must not touch the first one's database.
    let listener = listen(&config).await?;
    let opened = open(args.demo).await?;
    service::health::migrate(&opened.op()).await?;
    service::sources::check_key(&opened.op()).await?;
    service::destinations::check_key(&opened.op()).await?;
    if args.demo {
        service::demo::load(&opened.op()).await?;
    }
    serve(&opened, listener).await?;
    opened.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn serve(opened: &Opened, listener: TcpListener) -> Result<(), Failure> {
    let status = Status::default();
    let state = AppState::new(
        opened.services.clone(),
        Arc::clone(&opened.config),
        status.clone(),
    )
    .map_err(|failure| Failure(failure.to_string()))?;
    let router = http::router::build(state);
    let runner = Runner::start(&opened.services, &jobs::all(), &status);
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            told_to_stop().await;
            stop.cancel();
        }
    });
    tracing::info!(address = %opened.config.public_url.origin(), "Rollcall is ready");
    http::serve(listener, router, stop).await?;
    runner.stop(Duration::from_secs(20)).await;
    tracing::info!("stopped");
    Ok(())
}

/// The personas need no password: only somebody at this machine may reach them.
fn refuse_open_demo(config: &Config, demo: bool) -> Result<(), Failure> {
    if demo && !config.is_loopback() {
        return Err(Failure(format!(
            "--demo lets anybody sign in without a password, so it only listens on this machine; {} is open to others.\n\
             Unset ROLLCALL_HOST, or serve without --demo.",
            config.listen.ip()
        )));
    }
    Ok(())
}

async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    let address = config.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure(match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "port {} on {} is taken by another program. Choose another one, e.g. PORT={} rollcall serve",
                address.port(),
                address.ip(),
                address.port().checked_add(1).unwrap_or(3000)
            ),
            io::ErrorKind::PermissionDenied => format!("port {} needs privileges; choose one above 1023 with PORT", address.port()),
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// Waits for SIGTERM or Ctrl-C.
pub(super) async fn told_to_stop() {
    let mut terminate = match signal(SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(error) => {
            tracing::error!(%error, "signals cannot be heard");
            return std::future::pending().await;
        }
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
