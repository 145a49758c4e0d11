//! Text T comes back as "回显: T", binary unchanged.

use axum::extract::ws::{Message, WebSocket};

pub async fn serve(mut socket: WebSocket) {
    // Not left on Close: the next receive sends the answer to it, and is then the last.
    while let Some(Ok(message)) = socket.recv().await {
        let reply = match message {
            Message::Text(text) => Message::text(format!("回显: {text}")),
            Message::Binary(bytes) => Message::Binary(bytes),
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => continue,
        };
        if socket.send(reply).await.is_err() {
            break;
        }
    }
}
