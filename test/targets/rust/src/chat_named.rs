//! The first text frame is the user's name; then "NAME joined the chat", "NAME: TEXT", "NAME left the chat" to everyone.

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{SinkExt, StreamExt};
use tokio::sync::broadcast::{self, Sender};

/// Messages kept for the slowest subscriber; one that is further behind is disconnected.
const CHANNEL_CAPACITY: usize = 100;

pub fn channel() -> Sender<Utf8Bytes> {
    broadcast::channel(CHANNEL_CAPACITY).0
}

pub async fn serve(mut socket: WebSocket, channel: Sender<Utf8Bytes>) {
    let Some(Ok(Message::Text(name))) = socket.recv().await else {
        return;
    };
    // Before the announcement, so that the joiner gets its own.
    let mut subscription = channel.subscribe();
    announce(&channel, format!("{name} joined the chat"));
    let (mut sink, mut stream) = socket.split();
    let deliver = async {
        while let Ok(text) = subscription.recv().await {
            if sink.send(Message::Text(text)).await.is_err() {
                break;
            }
        }
    };
    let publish = async {
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message {
                announce(&channel, format!("{name}: {text}"));
            }
        }
    };
    tokio::select! {
        () = deliver => {}
        () = publish => {}
    }
    announce(&channel, format!("{name} left the chat"));
}

/// Without subscribers nobody has to hear it.
fn announce(channel: &Sender<Utf8Bytes>, text: String) {
    let _ = channel.send(text.into());
}
