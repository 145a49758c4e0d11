//! Accepts and upgrades on /ws with axum.

use std::future::Future;
use std::io::Error;

use axum::Router;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::routing::any;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

/// Runs `serve` for each upgraded connection, with the library's default buffers.
pub async fn run<F, T>(listener: TcpListener, serve: F) -> Result<(), Error>
where
    F: Fn(WebSocket) -> T + Clone + Send + Sync + 'static,
    T: Future<Output = ()> + Send + 'static,
{
    let upgrade = move |request: WebSocketUpgrade| {
        let serve = serve.clone();
        async move { request.on_upgrade(serve) }
    };
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().route("/ws", any(upgrade))).await
}
