//! Free ports on loopback.

use std::net::TcpListener;

/// Below the range the kernel gives to outgoing connections: a server that is stopped and started again must
/// find its port free, and a client that reconnects meanwhile must not connect to itself.
const RANGE: std::ops::Range<u16> = 20_000..31_500;
/// Ports in the range that well-known servers take when they start later than we do.
const KNOWN: [u16; 5] = [25_672, 25_673, 27_017, 27_018, 28_017];

/// A port on 127.0.0.1 that nobody listens on at this moment. Whoever binds it later must be ready to find
/// it taken and ask again.
pub fn free_port() -> u16 {
    loop {
        let port = rand::random_range(RANGE);
        if !KNOWN.contains(&port) && is_free_port(port) {
            return port;
        }
    }
}

/// Whether nobody listens on this port, on loopback or on any address.
pub fn is_free_port(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok() && TcpListener::bind(("0.0.0.0", port)).is_ok()
}
