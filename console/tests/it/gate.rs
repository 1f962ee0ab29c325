//! A way to PostgreSQL that a test can shut, or let hang.

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// Connections are cut and new ones refused.
    Shut,
    /// Connections stay, and nothing comes through.
    Hung,
}

pub struct Gate {
    /// The database's address through the gate.
    pub url: String,
    state: watch::Sender<State>,
}

impl Gate {
    pub async fn before(database_url: &str) -> Gate {
        let (rest, server) = database_url.split_once('@').expect("user@server");
        let end = server.find('/').expect("a database");
        let (server, database) = (server[..end].to_owned(), &server[end..]);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("{rest}@{}{database}", listener.local_addr().expect("its address"));
        let (sender, state) = watch::channel(State::Open);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), state.clone()));
            }
        });
        Gate { url, state: sender }
    }

    /// Cuts every connection and refuses new ones, or lets them through again.
    pub fn set(&self, open: bool) {
        self.state.send_replace(if open { State::Open } else { State::Shut });
    }

    /// Lets nothing through any more, as a server that is stopped in the middle of its work.
    pub fn hang(&self) {
        self.state.send_replace(State::Hung);
    }
}

async fn pass(mut client: TcpStream, server: String, mut state: watch::Receiver<State>) {
    let now = *state.borrow();
    if now == State::Open {
        let mut server = TcpStream::connect(server).await.expect("PostgreSQL");
        tokio::select! {
            _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
            _ = state.wait_for(|state| *state != State::Open) => {}
        }
    }
    drop(state.wait_for(|state| *state != State::Hung).await);
}
