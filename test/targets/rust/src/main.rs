//! Reference servers: `stress-targets NAME [PORT] [WORKER_THREADS]`, on 127.0.0.1 until the process is ended.
//!
//! They behave as the documents' Rust servers do, and share nothing with the load tool. Port 0 takes a free one; the one
//! line on standard output, `NAME: ws://127.0.0.1:PORT/PATH`, is written when connections are accepted.

mod axum_host;
mod broadcast;
mod chat_named;
mod echo;
mod echo_axum;
mod rooms;
mod tungstenite_host;

use std::io::{Error, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use tokio::net::{TcpListener, TcpSocket};

const USAGE: &str = "usage: stress-targets echo|echo-axum|broadcast|chat-named|rooms [PORT] [WORKER_THREADS]";

/// Thousands connect at once; the kernel cuts this to net.core.somaxconn.
const BACKLOG: u32 = 4096;

struct Arguments {
    name: String,
    port: u16,
    worker_threads: usize,
}

fn main() -> ExitCode {
    let Some(arguments) = read_arguments() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match serve(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stress-targets: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_arguments() -> Option<Arguments> {
    let mut words = std::env::args().skip(1);
    let name = words.next().filter(|name| path_of(name).is_some())?;
    let port = words.next().map_or(Some(0), |word| word.parse().ok())?;
    let worker_threads = words.next().map_or(Some(1), |word| word.parse().ok())?;
    (words.next().is_none() && worker_threads > 0).then_some(Arguments {
        name,
        port,
        worker_threads,
    })
}

/// Where clients connect; the servers on tokio-tungstenite alone take any path.
fn path_of(name: &str) -> Option<&'static str> {
    match name {
        "echo" | "broadcast" => Some("/"),
        "echo-axum" | "chat-named" | "rooms" => Some("/ws"),
        _ => None,
    }
}

fn serve(
    Arguments {
        name,
        port,
        worker_threads,
    }: Arguments,
) -> Result<(), Error> {
    // Without it accept fails at 1024 in most shells; where it cannot be raised, it is as it was.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(worker_threads)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = listen(port)?;
        let address = listener.local_addr()?;
        let path = path_of(&name).unwrap_or_default();
        let mut stdout = std::io::stdout();
        writeln!(stdout, "{name}: ws://{address}{path}")?;
        stdout.flush()?;
        match name.as_str() {
            "echo" => tungstenite_host::run(listener, echo::serve).await,
            "echo-axum" => axum_host::run(listener, echo_axum::serve).await,
            "broadcast" => {
                let channel = broadcast::channel();
                tungstenite_host::run(listener, move |socket| broadcast::serve(socket, channel.clone())).await
            }
            "chat-named" => {
                let channel = chat_named::channel();
                axum_host::run(listener, move |socket| chat_named::serve(socket, channel.clone())).await
            }
            _ => {
                let rooms = rooms::Rooms::shared();
                axum_host::run(listener, move |socket| rooms::serve(socket, rooms.clone())).await
            }
        }
    })
}

fn listen(port: u16) -> Result<TcpListener, Error> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}
