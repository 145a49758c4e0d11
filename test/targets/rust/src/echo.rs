//! Text and binary come back unchanged; the library answers ping and close.

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;

pub async fn serve(socket: WebSocketStream<TcpStream>) {
    let (mut sink, mut stream) = socket.split();
    while let Some(Ok(message)) = stream.next().await {
        if (message.is_text() || message.is_binary()) && sink.send(message).await.is_err() {
            break;
        }
    }
}
