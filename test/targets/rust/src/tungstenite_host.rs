//! Accepts and upgrades on any path with tokio-tungstenite alone, one task a connection.

use std::future::Future;
use std::io::Error;

use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;

/// Runs `serve` for each upgraded connection, with the library's default buffers, until the listener fails.
pub async fn run<F, T>(listener: TcpListener, serve: F) -> Result<(), Error>
where
    F: Fn(WebSocketStream<TcpStream>) -> T + Clone + Send + 'static,
    T: Future<Output = ()> + Send,
{
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) if is_of_one_connection(&error) => continue,
            Err(error) => return Err(error),
        };
        let serve = serve.clone();
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            if let Ok(socket) = tokio_tungstenite::accept_async(stream).await {
                serve(socket).await;
            }
        });
    }
}

/// The client was gone before it was accepted: no reason to stop for the others.
fn is_of_one_connection(error: &Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}
