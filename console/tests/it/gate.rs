//! A way to PostgreSQL that a test can shut.

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Gate {
    /// The database's address through the gate.
    pub url: String,
    open: watch::Sender<bool>,
}

impl Gate {
    pub async fn before(database_url: &str) -> Gate {
        let (rest, server) = database_url.split_once('@').expect("user@server");
        let end = server.find('/').expect("a database");
        let (server, database) = (server[..end].to_owned(), &server[end..]);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("{rest}@{}{database}", listener.local_addr().expect("its address"));
        let (open, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, server.clone(), state.clone()));
            }
        });
        Gate { url, open }
    }

    /// Cuts every connection and refuses new ones, or lets them through again.
    pub fn set(&self, open: bool) {
        self.open.send_replace(open);
    }
}

async fn pass(mut client: TcpStream, server: String, mut state: watch::Receiver<bool>) {
    if !*state.borrow() {
        return;
    }
    let mut server = TcpStream::connect(server).await.expect("PostgreSQL");
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
        _ = state.wait_for(|open| !open) => {}
    }
}
