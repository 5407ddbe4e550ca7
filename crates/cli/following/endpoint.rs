//! An address on this machine that answers `GET /metrics` and `GET /health`, and nothing else.
//!
//! It listens on the loopback interface only: whoever wants it elsewhere puts a proxy with a lock in front of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::exit::Failure;

/// How long somebody may take to ask or to be answered.
const PATIENCE: Duration = Duration::from_secs(2);
/// Longest request that is looked at.
const LONGEST_REQUEST: u64 = 8 << 10;

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// To `/metrics`: the text format of Prometheus.
    pub metrics: String,
    /// To `/health`: JSON.
    pub health: String,
    /// Whether all is well.
    pub is_well: bool,
}

/// The address, for whoever keeps the answers up to date.
#[derive(Debug, Clone)]
pub struct Endpoint {
    answers: Arc<Mutex<Answers>>,
    address: SocketAddr,
}

impl Endpoint {
    /// Begins to listen on `port` of the loopback interface; on any free one for 0.
    ///
    /// # Errors
    /// A port that somebody else has.
    pub fn open(port: u16) -> Result<Self, Failure> {
        let cannot = |error| Failure::input_output(&format!("cannot listen on 127.0.0.1:{port}"), &error);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let endpoint = Endpoint { answers: Arc::default(), address };
        let answers = endpoint.answers.clone();
        // One after the other: whoever asks slowly makes others wait for a moment, never the twin.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(&stream, &answers);
            }
        });
        Ok(endpoint)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers this from now on.
    pub fn update(&self, answers: Answers) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }
}

fn answer(stream: &TcpStream, answers: &Mutex<Answers>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.take(LONGEST_REQUEST));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    // What else is said is not looked at, but read: a connection closed on unread words is an error to the other end.
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let Answers { metrics, health, is_well } = answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let path = request.strip_prefix("GET ").and_then(|rest| rest.split([' ', '?']).next());
    let (status, kind, body) = match path {
        Some("/metrics") => ("200 OK", "text/plain; version=0.0.4; charset=utf-8", metrics),
        Some("/health") if is_well => ("200 OK", "application/json", health),
        Some("/health") => ("503 Service Unavailable", "application/json", health),
        Some(_) => ("404 Not Found", "text/plain", "there are /metrics and /health\n".to_owned()),
        None => ("405 Method Not Allowed", "text/plain", "only GET is answered\n".to_owned()),
    };
    let length = body.len();
    let mut writer = stream;
    write!(
        writer,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(endpoint: &Endpoint, request: &str) -> String {
        let mut stream = TcpStream::connect(endpoint.address()).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        text
    }

    #[test]
    fn two_paths_are_answered_and_nothing_else_is() {
        let endpoint = Endpoint::open(0).unwrap_or_else(|_| panic!("a port"));
        assert!(endpoint.address().ip().is_loopback());
        endpoint.update(Answers { metrics: "a 1\n".to_owned(), health: "{}".to_owned(), is_well: true });
        let text = ask(&endpoint, "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\na 1\n"), "{text}");
        assert!(ask(&endpoint, "GET /health HTTP/1.1\r\n\r\n").ends_with("{}"));
        assert!(ask(&endpoint, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404"));
        assert!(ask(&endpoint, "POST /health HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
        endpoint.update(Answers::default());
        assert!(ask(&endpoint, "GET /health HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 503"));
        // Rubbish and endless words harm nobody.
        let _ = ask(&endpoint, &"x".repeat(100_000));
        assert!(ask(&endpoint, "\r\n\r\n").starts_with("HTTP/1.1 405"));
    }
}
