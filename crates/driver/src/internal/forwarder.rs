//! `internal forward-names ADDRESS RESOLVER…`: answers DNS queries of instances by asking the host's resolvers (or those that are named).
//!
//! It binds port 53 of ADDRESS, says so by a line on standard output, and then gives up everything: it is nobody, without capabilities. It ends when its
//! standard input does, and so with the server. Messages are passed on as they are; what is parsed is a header's first bytes. Everything has a bound: what
//! is over it is dropped, and whoever asked asks again, as is usual with DNS.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Gid, Uid};
use rustix::thread::CapabilitySet;

const PORT: u16 = 53;
/// Nobody, in Debian and most others.
const NOBODY: u32 = 65_534;
/// Queries that wait for an answer: of all instances, and of one.
const MOST_WAITING: usize = 512;
const MOST_WAITING_OF_ONE: usize = 64;
/// Connections by TCP at once, each with a thread.
const MOST_CONNECTIONS: usize = 32;
/// Longest query and answer by UDP, in bytes: more than any EDNS buffer in use.
const LONGEST: usize = 4096;
/// A DNS header, in bytes.
const HEADER: usize = 12;
/// How long one resolver is waited for, and how many are asked in turn.
const PATIENCE: Duration = Duration::from_secs(2);
const ATTEMPTS: usize = 3;
/// How long a connection by TCP may be silent.
const SILENCE: Duration = Duration::from_secs(5);
/// Between two looks at the host's list of resolvers.
const READ_AGAIN: Duration = Duration::from_secs(5);
const HOST_RESOLVERS: &str = "/etc/resolv.conf";

pub(super) fn run(args: &[OsString]) -> Result<(), String> {
    let mut parsed = args.iter().map(|text| text.to_str().and_then(|text| text.parse::<IpAddr>().ok()));
    let Some(Some(IpAddr::V4(address))) = parsed.next() else {
        return Err("forward-names: the first argument is an IPv4 address".into());
    };
    let configured: Option<Vec<IpAddr>> = parsed.collect();
    let configured = configured.ok_or("forward-names: a resolver is not an address")?;
    let at = SocketAddr::from((address, PORT));
    let failed = |what: &'static str| move |error: io::Error| format!("{what} {at}: {error}");
    let udp = bind_patiently(at).map_err(failed("listening at"))?;
    udp.set_nonblocking(true).map_err(failed("preparing"))?;
    let tcp = TcpListener::bind(at).map_err(failed("listening at"))?;
    give_up_everything().map_err(failed("giving up rights for"))?;
    let _ = writeln!(io::stdout(), "ready");
    let resolvers = Resolvers { configured, own: address, known: Vec::new(), read_at: None };
    serve_connections(tcp, resolvers.clone())?;
    Forwarder { udp, resolvers, waiting: Vec::new() }.run().map_err(failed("serving at"))
}

/// The forwarder of a server that was killed may be about to end.
fn bind_patiently(at: SocketAddr) -> io::Result<UdpSocket> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match UdpSocket::bind(at) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            result => return result,
        }
    }
}

/// Before any thread is started: these calls are about the calling thread.
fn give_up_everything() -> io::Result<()> {
    let (user, group) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    rustix::thread::set_thread_res_uid(user, user, user)?;
    let none = CapabilitySet::empty();
    let sets = rustix::thread::CapabilitySets { effective: none, permitted: none, inheritable: none };
    rustix::thread::set_capabilities(None, sets)?;
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

/// Whom to ask.
#[derive(Clone)]
struct Resolvers {
    configured: Vec<IpAddr>,
    own: Ipv4Addr,
    known: Vec<IpAddr>,
    read_at: Option<Instant>,
}

impl Resolvers {
    /// The one for the nth attempt; none if there is none at all.
    fn nth(&mut self, attempt: usize) -> Option<SocketAddr> {
        if self.configured.is_empty() && self.read_at.is_none_or(|at| at.elapsed() >= READ_AGAIN) {
            self.known = resolvers_in(&fs::read_to_string(HOST_RESOLVERS).unwrap_or_default());
            self.read_at = Some(Instant::now());
        }
        let list = if self.configured.is_empty() { &self.known } else { &self.configured };
        let list: Vec<_> = list.iter().filter(|address| **address != IpAddr::V4(self.own)).collect();
        (!list.is_empty()).then(|| SocketAddr::new(*list[attempt % list.len()], PORT))
    }
}

/// The addresses of a file such as resolv.conf.
fn resolvers_in(text: &str) -> Vec<IpAddr> {
    let address = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()?.parse().ok()).flatten()
    };
    text.lines().filter_map(address).collect()
}

/// A query on its way. Each has a socket of its own: the kernel chooses its port, and takes answers of the resolver only.
struct Waiting {
    socket: UdpSocket,
    client: SocketAddr,
    query: Vec<u8>,
    attempt: usize,
    until: Instant,
}

struct Forwarder {
    udp: UdpSocket,
    resolvers: Resolvers,
    waiting: Vec<Waiting>,
}

impl Forwarder {
    /// Until standard input ends.
    fn run(mut self) -> io::Result<()> {
        loop {
            let now = Instant::now();
            let until = self.waiting.iter().map(|waiting| waiting.until).min();
            let timeout = until.map(|until| timespec(until.saturating_duration_since(now)));
            let stdin = rustix::stdio::stdin();
            let mut polled =
                vec![PollFd::from_borrowed_fd(stdin, PollFlags::IN), PollFd::new(&self.udp, PollFlags::IN)];
            polled.extend(self.waiting.iter().map(|waiting| PollFd::new(&waiting.socket, PollFlags::IN)));
            match poll(&mut polled, timeout.as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let ready: Vec<bool> = polled.iter().map(|polled| !polled.revents().is_empty()).collect();
            if ready[0] && matches!(rustix::io::read(stdin, &mut [0; 16]), Ok(0) | Err(_)) {
                return Ok(());
            }
            self.take_answers(&ready[2..]);
            self.ask_again();
            if ready[1] {
                self.take_queries();
            }
        }
    }

    fn take_queries(&mut self) {
        let mut buffer = [0; LONGEST];
        // Not endlessly: answers must get their turn.
        for _ in 0..64 {
            let Ok((length, client)) = self.udp.recv_from(&mut buffer) else { return };
            let of_client = self.waiting.iter().filter(|waiting| waiting.client.ip() == client.ip()).count();
            let fits = self.waiting.len() < MOST_WAITING && of_client < MOST_WAITING_OF_ONE;
            if fits && is_query(&buffer[..length]) {
                let asked = self.ask(client, buffer[..length].to_vec(), 0);
                self.waiting.extend(asked);
            }
        }
    }

    /// Sends a query to a resolver; none if it cannot be sent.
    fn ask(&mut self, client: SocketAddr, query: Vec<u8>, attempt: usize) -> Option<Waiting> {
        let resolver = self.resolvers.nth(attempt)?;
        let any: SocketAddr = if resolver.is_ipv4() {
            (Ipv4Addr::UNSPECIFIED, 0).into()
        } else {
            (std::net::Ipv6Addr::UNSPECIFIED, 0).into()
        };
        let socket = UdpSocket::bind(any).ok()?;
        socket.set_nonblocking(true).ok()?;
        socket.connect(resolver).ok()?;
        // What is lost on the way is asked for again.
        let _ = socket.send(&query);
        Some(Waiting { socket, client, query, attempt, until: Instant::now() + PATIENCE })
    }

    fn take_answers(&mut self, ready: &[bool]) {
        let mut buffer = [0; LONGEST];
        let mut index = 0;
        let udp = &self.udp;
        self.waiting.retain(|waiting| {
            let is_ready = ready.get(index) == Some(&true);
            index += 1;
            if !is_ready {
                return true;
            }
            match waiting.socket.recv(&mut buffer) {
                Ok(length) if is_answer(&buffer[..length], &waiting.query) => {
                    // A client that is gone needs no answer.
                    let _ = udp.send_to(&buffer[..length], waiting.client);
                    false
                }
                // Not the answer, or the resolver refuses: the next one is asked when the time is up.
                _ => true,
            }
        });
    }

    fn ask_again(&mut self) {
        let now = Instant::now();
        let late: Vec<Waiting> = self.waiting.extract_if(.., |waiting| waiting.until <= now).collect();
        for waiting in late {
            if waiting.attempt + 1 < ATTEMPTS {
                let asked = self.ask(waiting.client, waiting.query, waiting.attempt + 1);
                self.waiting.extend(asked);
            }
        }
    }
}

fn is_query(message: &[u8]) -> bool {
    message.len() >= HEADER && message[2] & 0x80 == 0
}

fn is_answer(message: &[u8], query: &[u8]) -> bool {
    message.len() >= HEADER && message[2] & 0x80 != 0 && message[..2] == query[..2]
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}

/// Queries by TCP, in threads of their own.
fn serve_connections(listener: TcpListener, resolvers: Resolvers) -> Result<(), String> {
    let open = Arc::new(AtomicUsize::new(0));
    let accept = move || {
        let mut of_one: HashMap<IpAddr, Arc<AtomicUsize>> = HashMap::new();
        for stream in listener.incoming() {
            let Ok(stream) = stream else {
                // Out of descriptors, say: they come back with the threads that end.
                std::thread::sleep(Duration::from_millis(100));
                continue;
            };
            let Ok(peer) = stream.peer_addr() else { continue };
            of_one.retain(|_, count| count.load(Ordering::Relaxed) > 0);
            let of_peer = of_one.entry(peer.ip()).or_default();
            if open.load(Ordering::Relaxed) >= MOST_CONNECTIONS
                || of_peer.load(Ordering::Relaxed) >= MOST_CONNECTIONS / 4
            {
                continue;
            }
            let counts = [open.clone(), of_peer.clone()];
            for count in &counts {
                count.fetch_add(1, Ordering::Relaxed);
            }
            let mut resolvers = resolvers.clone();
            let serve = {
                let counts = counts.clone();
                move || {
                    // Whatever goes wrong, the client notices.
                    let _ = serve_connection(stream, &mut resolvers);
                    give_back(&counts);
                }
            };
            if std::thread::Builder::new().name("tcp".into()).spawn(serve).is_err() {
                give_back(&counts);
            }
        }
    };
    std::thread::Builder::new()
        .name("accept".into())
        .spawn(accept)
        .map(drop)
        .map_err(|error| format!("starting a thread: {error}"))
}

fn give_back(counts: &[Arc<AtomicUsize>; 2]) {
    for count in counts {
        count.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve_connection(mut client: TcpStream, resolvers: &mut Resolvers) -> io::Result<()> {
    client.set_read_timeout(Some(SILENCE))?;
    client.set_write_timeout(Some(SILENCE))?;
    let resolver = resolvers.nth(0).ok_or(io::ErrorKind::NotFound)?;
    let mut server = TcpStream::connect_timeout(&resolver, PATIENCE)?;
    server.set_read_timeout(Some(SILENCE))?;
    server.set_write_timeout(Some(SILENCE))?;
    loop {
        pass_on(&mut client, &mut server)?;
        pass_on(&mut server, &mut client)?;
    }
}

/// One message: two bytes of length in front.
fn pass_on(from: &mut TcpStream, to: &mut TcpStream) -> io::Result<()> {
    let mut message = vec![0; 2];
    from.read_exact(&mut message)?;
    let length = usize::from(u16::from_be_bytes([message[0], message[1]]));
    message.resize(2 + length, 0);
    from.read_exact(&mut message[2..])?;
    to.write_all(&message)
}

#[cfg(test)]
mod tests {
    use super::{Resolvers, is_answer, is_query, resolvers_in};

    #[test]
    fn resolvers_are_read_and_never_ourselves() {
        let text = "# comment\nsearch example.org\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver 2001:db8::1\n";
        assert_eq!(
            resolvers_in(text),
            ["192.0.2.1".parse::<std::net::IpAddr>().unwrap(), "2001:db8::1".parse().unwrap()]
        );
        let own = "10.213.0.1".parse().unwrap();
        let configured = vec!["10.213.0.1".parse().unwrap(), "192.0.2.1".parse().unwrap()];
        let mut resolvers = Resolvers { configured, own, known: Vec::new(), read_at: None };
        assert_eq!(resolvers.nth(0).unwrap().to_string(), "192.0.2.1:53");
        assert_eq!(resolvers.nth(1), resolvers.nth(0));
    }

    #[test]
    fn answers_are_told_from_queries_and_from_those_to_others() {
        let query = [7, 8, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        let answer = [7, 8, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0];
        assert!(is_query(&query) && !is_query(&answer) && !is_query(&query[..11]));
        assert!(is_answer(&answer, &query) && !is_answer(&query, &query) && !is_answer(&answer[..4], &query));
        let mut other = answer;
        other[0] = 9;
        assert!(!is_answer(&other, &query));
    }
}
