//! Rooms in tagged JSON: Join, Leave, Message, Ping, Pong, and Error for the sender alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{self, UnboundedSender};

/// What clients send.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum Request {
    Join { room: String, username: String },
    Leave { room: String },
    Message { room: String, content: String },
    Ping,
    Pong,
}

/// What clients get.
#[derive(Serialize)]
#[serde(tag = "type")]
enum Reply<'a> {
    Message {
        room: &'a str,
        content: &'a str,
        username: &'a str,
    },
    Error {
        reason: &'a str,
    },
    Pong,
}

impl Reply<'_> {
    fn to_text(&self) -> Utf8Bytes {
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

type ClientId = u64;

struct Member {
    username: String,
    queue: UnboundedSender<Utf8Bytes>,
}

/// Members by room; a room without members does not exist. Client ids count from 0.
#[derive(Default)]
pub struct Rooms {
    next_id: ClientId,
    members: HashMap<String, HashMap<ClientId, Member>>,
}

impl Rooms {
    pub fn shared() -> Arc<Mutex<Self>> {
        Arc::default()
    }

    fn next_client(&mut self) -> ClientId {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// Creates a missing room. A second Join changes the name.
    fn join(&mut self, id: ClientId, room: String, username: String, queue: UnboundedSender<Utf8Bytes>) {
        self.members
            .entry(room)
            .or_default()
            .insert(id, Member { username, queue });
    }

    fn leave(&mut self, id: ClientId, room: &str) {
        let Some(members) = self.members.get_mut(room) else {
            return;
        };
        members.remove(&id);
        if members.is_empty() {
            self.members.remove(room);
        }
    }

    fn leave_all(&mut self, id: ClientId) {
        self.members.retain(|_, members| {
            members.remove(&id);
            !members.is_empty()
        });
    }

    /// To every member, the sender included; false when the sender is not one.
    fn publish(&self, id: ClientId, room: &str, content: &str) -> bool {
        let Some(members) = self.members.get(room) else {
            return false;
        };
        let Some(sender) = members.get(&id) else {
            return false;
        };
        let text = Reply::Message {
            room,
            content,
            username: &sender.username,
        }
        .to_text();
        for member in members.values() {
            // Fails for a member that is just leaving.
            let _ = member.queue.send(text.clone());
        }
        true
    }
}

pub async fn serve(socket: WebSocket, rooms: Arc<Mutex<Rooms>>) {
    let id = lock(&rooms).next_client();
    let (queue, mut waiting) = mpsc::unbounded_channel();
    let (mut sink, mut stream) = socket.split();
    let deliver = async {
        while let Some(text) = waiting.recv().await {
            if sink.send(Message::Text(text)).await.is_err() {
                break;
            }
        }
    };
    let listen = async {
        while let Some(Ok(message)) = stream.next().await {
            if let Message::Text(text) = message
                && let Some(reply) = answer(&rooms, id, &queue, &text)
            {
                // The receiving end lives as long as this task.
                let _ = queue.send(reply.to_text());
            }
        }
    };
    tokio::select! {
        () = deliver => {}
        () = listen => {}
    }
    lock(&rooms).leave_all(id);
}

/// Carries out one frame; what comes back is for its sender alone.
fn answer(
    rooms: &Mutex<Rooms>,
    id: ClientId,
    queue: &UnboundedSender<Utf8Bytes>,
    text: &str,
) -> Option<Reply<'static>> {
    let Ok(request) = serde_json::from_str(text) else {
        return Some(Reply::Error {
            reason: "not a message of this protocol",
        });
    };
    match request {
        Request::Join { room, username } => lock(rooms).join(id, room, username, queue.clone()),
        Request::Leave { room } => lock(rooms).leave(id, &room),
        Request::Message { room, content } => {
            if !lock(rooms).publish(id, &room, &content) {
                return Some(Reply::Error {
                    reason: "not a member of that room",
                });
            }
        }
        Request::Ping => return Some(Reply::Pong),
        Request::Pong => {}
    }
    None
}

/// A panic while it was held leaves the map usable.
fn lock(rooms: &Mutex<Rooms>) -> MutexGuard<'_, Rooms> {
    rooms.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
