//! An MTConnect adapter on the network: SHDR text, line by line, as its agent would read it.
//!
//! The adapter is asked now and then whether it is still there (`* PING`); it answers how long it may take to say so (`* PONG`
//! and milliseconds; MTConnect's "Adapter Agent Protocol", Heartbeat). One that has not been heard of for twice that time is
//! called anew. It keeps nothing for those who are away: on each connection it says first how everything stands.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use super::connection::{LASTING, NAP, Pauses, Watch, host_and_port, sleep};
use super::replay::{LONGEST_LINE, Shdr};
use super::{Feed, FeedError, Outlet};
use crate::wall_time::WallTime;

/// How long a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// Most observations that are handed on together.
const MOST_TOGETHER: usize = 1_024;
/// How long an adapter may be silent that has not said how long it may.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// An adapter that names no sensible time is not waited for longer.
const LONGEST_HEARTBEAT: Duration = Duration::from_secs(60);

/// An adapter as a feed.
pub(super) struct Adapter {
    subject: String,
    source: u16,
    host: (String, u16),
    watch: Watch,
}

impl Adapter {
    /// The adapter at `address`, a host and port.
    ///
    /// # Errors
    /// An address that is none.
    pub(super) fn new(source: u16, address: &str) -> Result<Self, FeedError> {
        let wrong = |message: String| FeedError { subject: address.to_owned(), message, retryable: false };
        let host = host_and_port(address).map_err(wrong)?;
        Ok(Adapter { subject: address.to_owned(), source, host, watch: Watch::default() })
    }

    pub(super) fn watch(&self) -> Watch {
        self.watch.clone()
    }

    fn call(&self) -> std::io::Result<TcpStream> {
        let host = self.host.0.trim_start_matches('[').trim_end_matches(']');
        let mut last = std::io::Error::new(ErrorKind::NotFound, "there is no such host");
        for address in (host, self.host.1).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, CONNECTING) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(NAP))?;
                    stream.set_write_timeout(Some(CONNECTING))?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Listens until the connection breaks or nobody listens to us.
    fn listen(&self, stream: &TcpStream, outlet: &Outlet) -> std::io::Result<()> {
        let mut shdr = Shdr::new(self.source);
        let mut reader = BufReader::with_capacity(1 << 16, stream);
        let (mut line, mut batch) = (Vec::new(), Vec::new());
        let mut heartbeat = HEARTBEAT;
        let (mut heard, mut asked) = (Instant::now(), None::<Instant>);
        while !outlet.is_closed() {
            if asked.is_none_or(|asked| asked.elapsed() >= heartbeat) {
                (&mut &*stream).write_all(b"* PING\r\n")?;
                asked = Some(Instant::now());
            }
            let room = LONGEST_LINE.saturating_sub(line.len() as u64).max(1);
            match (&mut reader).take(room).read_until(b'\n', &mut line) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(_) => {
                    heard = Instant::now();
                    let is_whole = line.ends_with(b"\n");
                    if !is_whole && (line.len() as u64) < LONGEST_LINE {
                        continue;
                    }
                    let text = String::from_utf8_lossy(&line);
                    if let Some(promised) = promised(&text) {
                        heartbeat = promised;
                    }
                    self.watch.count_message(false);
                    if !is_whole {
                        self.watch.count_refused();
                    }
                    let before = batch.len();
                    shdr.line(&text, Some(WallTime::now()), |observation| batch.push(observation));
                    if batch[before..].iter().any(|observation| observation.stamps.source.is_none()) {
                        self.watch.count_unreadable();
                    }
                    line.clear();
                    // What has come together goes on together.
                    if batch.len() >= MOST_TOGETHER || !reader.buffer().contains(&b'\n') {
                        if !batch.is_empty() {
                            outlet.offer(std::mem::take(&mut batch));
                        }
                        self.watch.lives();
                    }
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if heard.elapsed() >= heartbeat * 2 {
                        return Err(std::io::Error::new(ErrorKind::TimedOut, "the adapter does not answer"));
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// How long the adapter may be silent, if this line says so.
fn promised(line: &str) -> Option<Duration> {
    let milliseconds = line.strip_prefix("* PONG")?.trim().parse().ok()?;
    Some(Duration::from_millis(milliseconds).clamp(Duration::from_millis(100), LONGEST_HEARTBEAT))
}

impl Feed for Adapter {
    fn run(&mut self, outlet: &Outlet) -> Result<(), FeedError> {
        let mut pauses = Pauses::default();
        while !outlet.is_closed() {
            let began = Instant::now();
            let result = self.call().and_then(|stream| {
                self.watch.connected();
                self.listen(&stream, outlet)
            });
            if let Err(error) = result {
                let message = match error.kind() {
                    ErrorKind::UnexpectedEof => "the adapter closed the connection".to_owned(),
                    _ => error.to_string(),
                };
                self.watch.failed(message);
            }
            if began.elapsed() >= LASTING {
                pauses = Pauses::default();
            }
            sleep(pauses.after(false), outlet);
        }
        Ok(())
    }
}

impl std::fmt::Debug for Adapter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Adapter({}, {:?})", self.subject, self.watch.status())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::feed::connection::Status;
    use crate::feed::outlet;

    #[test]
    fn an_adapter_is_listened_to_asked_and_called_again() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let mut adapter = Adapter::new(2, &address).expect("an address");
        let watch = adapter.watch();
        let (outlet, intake) = outlet(64);
        let thread = std::thread::spawn(move || adapter.run(&outlet));
        let mut heard = Vec::new();
        for round in 0..2 {
            let (mut stream, _) = listener.accept().expect("a call");
            let mut asked = String::new();
            BufReader::new(&stream).read_line(&mut asked).expect("a line");
            assert_eq!(asked, "* PING\r\n");
            // In pieces, as networks hand them on.
            let text = format!("* PONG 10000\n2022-08-08T13:51:3{round}Z|execution|ACTIVE|load|1{round}\n");
            let (one, two) = text.split_at(30);
            for piece in [one, two] {
                stream.write_all(piece.as_bytes()).and_then(|()| stream.flush()).expect("it is there");
                std::thread::sleep(NAP * 2);
            }
            let batch = intake.take(Duration::from_secs(10)).expect("observations");
            assert!(matches!(watch.status(), Status::Connected { .. }));
            heard.extend(batch.into_iter().map(|one| (one.address.to_string(), one.reading.text())));
        }
        let expected = [("execution", "ACTIVE"), ("load", "10"), ("execution", "ACTIVE"), ("load", "11")];
        assert_eq!(heard, expected.map(|(address, value)| (address.to_owned(), value.to_owned())));
        assert_eq!(watch.connections(), 2);
        drop(intake);
        thread.join().expect("no panic").expect("no error");
    }

    #[test]
    fn an_adapter_says_how_long_it_may_be_silent() {
        assert_eq!(promised("* PONG 500\r\n"), Some(Duration::from_millis(500)));
        assert_eq!(promised("* PONG 99999999"), Some(LONGEST_HEARTBEAT));
        assert_eq!(promised("* PONG soon"), None);
    }
}
