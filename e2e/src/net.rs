//! A tap in the line between a program and a server: what the program sends can be held back, so that a test
//! can stop it at an exact point, such as after its commit and before its acknowledgement.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Connections to [`Tap::port`] go through to the server.
#[derive(Debug)]
pub struct Tap {
    port: u16,
    blocked: Arc<watch::Sender<bool>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Tap {
    /// Opens a port that leads to `server`.
    pub async fn open(server: SocketAddr) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let blocked = Arc::new(watch::Sender::new(false));
        let accepting = tokio::spawn(accept(listener, server, blocked.clone()));
        Tap { port, blocked, accepting }
    }

    /// The port that leads to the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on nothing that the program sends arrives; what the server sends still does.
    pub fn hold(&self) {
        self.blocked.send_replace(true);
    }

    /// Lets through what was held back, and everything after it.
    pub fn let_go(&self) {
        self.blocked.send_replace(false);
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, blocked: Arc<watch::Sender<bool>>) {
    while let Ok((program, _)) = listener.accept().await {
        let Ok(server) = TcpStream::connect(server).await else { continue };
        let (from_program, to_program) = program.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::spawn(pass(from_program, to_server, blocked.subscribe()));
        tokio::spawn(pass(from_server, to_program, watch::Sender::new(false).subscribe()));
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut blocked: watch::Receiver<bool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        // Ended: nobody can hold any more.
        blocked.wait_for(|blocked| !blocked).await.ok();
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    to.shutdown().await.ok();
}
