//! Every text frame goes to every connected client, the sender included, unchanged. Binary is ignored.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, Sender};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Messages kept for the slowest subscriber; one that is further behind is disconnected.
const CHANNEL_CAPACITY: usize = 100;

pub fn channel() -> Sender<Utf8Bytes> {
    broadcast::channel(CHANNEL_CAPACITY).0
}

pub async fn serve(socket: WebSocketStream<TcpStream>, channel: Sender<Utf8Bytes>) {
    let mut subscription = channel.subscribe();
    let (mut sink, mut stream) = socket.split();
    let deliver = async {
        // Ends on Lagged too: that is how a receiver which falls behind loses its connection.
        while let Ok(text) = subscription.recv().await {
            if sink.send(Message::Text(text)).await.is_err() {
                break;
            }
        }
    };
    let publish = async {
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message {
                // Fails only without subscribers, and this connection is one.
                let _ = channel.send(text);
            }
        }
    };
    tokio::select! {
        () = deliver => {}
        () = publish => {}
    }
}
