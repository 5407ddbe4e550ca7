//! The connections of a bad network: a proxy on TCP that takes what comes from one side into pieces and hands on to the other what
//! its [`Network`] makes of them. What the other side says is carried as it is.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{Network, Step};

/// Nothing more is expected at once of a side that says nothing for so long.
const IDLE: Duration = Duration::from_millis(4);

/// Cuts the first whole piece off what has come.
pub type Cut = fn(&mut Vec<u8>) -> Option<Vec<u8>>;
/// What the network makes of a piece.
pub type Carry = fn(&mut Network, Vec<u8>) -> Vec<Step>;

/// What is spoken.
#[derive(Clone, Copy)]
pub struct Protocol {
    pub cut: Cut,
    pub carry: Carry,
    /// Whether whoever speaks is called anew for each connection, and not once for all of them.
    pub calls_anew: bool,
}

/// A proxy, running.
pub struct Proxy {
    pub address: SocketAddr,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// A proxy before whoever speaks at `speaker`.
    pub fn before(speaker: SocketAddr, protocol: Protocol, network: Network) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        listener.set_nonblocking(true).expect("a listener that does not wait");
        let address = listener.local_addr().expect("an address");
        let is_over = Arc::new(AtomicBool::new(false));
        let mut line = Line { speaker, protocol, network, upstream: None, came: Vec::new(), is_over: is_over.clone() };
        let thread = std::thread::spawn(move || {
            while !line.is_over.load(Ordering::Relaxed) {
                match listener.accept() {
                    Ok((downstream, _)) => {
                        downstream.set_nonblocking(false).expect("a stream that waits");
                        line.serve(downstream);
                    }
                    Err(_) => std::thread::sleep(Duration::from_millis(1)),
                }
            }
        });
        Proxy { address, is_over, thread: Some(thread) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it runs");
        if thread.join().is_err() && !std::thread::panicking() {
            panic!("the proxy has panicked");
        }
    }
}

struct Line {
    speaker: SocketAddr,
    protocol: Protocol,
    network: Network,
    upstream: Option<TcpStream>,
    /// What has come of a piece.
    came: Vec<u8>,
    is_over: Arc<AtomicBool>,
}

impl Line {
    /// Carries in both directions until the connection breaks or is broken.
    fn serve(&mut self, downstream: TcpStream) {
        let upstream = match self.upstream.take() {
            Some(upstream) => upstream,
            // Whoever calls will call again.
            None => match TcpStream::connect(self.speaker) {
                Ok(upstream) => upstream,
                Err(_) => return,
            },
        };
        for stream in [&upstream, &downstream] {
            stream.set_nodelay(true).expect("a stream");
        }
        upstream.set_read_timeout(Some(IDLE)).expect("a stream");
        let back = (downstream.try_clone().expect("a stream"), upstream.try_clone().expect("a stream"));
        let copier = std::thread::spawn(move || copy(back.0, back.1));
        self.carry(&upstream, &downstream, &copier);
        // All that was sent is read before the other side hears of the end; and what it says until then is still carried.
        let _ = downstream.shutdown(Shutdown::Write);
        let _ = copier.join();
        if self.protocol.calls_anew {
            let _ = upstream.shutdown(Shutdown::Both);
            self.came.clear();
            self.network.forget();
        } else {
            self.upstream = Some(upstream);
        }
    }

    fn carry(&mut self, mut upstream: &TcpStream, downstream: &TcpStream, copier: &JoinHandle<()>) {
        let mut buffer = vec![0; 1 << 14];
        while !copier.is_finished() {
            // What had come before the last connection broke.
            while let Some(piece) = (self.protocol.cut)(&mut self.came) {
                let steps = (self.protocol.carry)(&mut self.network, piece);
                if !send(downstream, steps) {
                    return;
                }
            }
            match upstream.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => self.came.extend_from_slice(&buffer[..count]),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if self.is_over.load(Ordering::Relaxed) || !send(downstream, self.network.idle()) {
                        return;
                    }
                }
                Err(_) => return,
            }
        }
    }
}

/// Sends in two pieces each, as networks hand them on; false where the connection is broken.
fn send(mut downstream: &TcpStream, steps: Vec<Step>) -> bool {
    for step in steps {
        match step {
            Step::Send(bytes) => {
                let (one, two) = bytes.split_at(bytes.len() / 3);
                if downstream.write_all(one).and_then(|()| downstream.write_all(two)).is_err() {
                    return false;
                }
            }
            Step::Break(half) => {
                let _ = downstream.write_all(&half);
                return false;
            }
        }
    }
    true
}

/// Carries what the listener says.
fn copy(mut downstream: TcpStream, mut upstream: TcpStream) {
    let mut buffer = vec![0; 1 << 14];
    while let Ok(count @ 1..) = downstream.read(&mut buffer) {
        if upstream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}
