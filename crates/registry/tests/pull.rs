//! Fetches from registries that are made up here, the friendly and the others.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use millrace_registry::{Credentials, Options, Progress, Reference, RegistryError, pull};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What one path is answered with.
#[derive(Clone)]
enum Answer {
    /// A body, and its media type.
    Body(Vec<u8>, &'static str),
    /// Only the beginning of the body, once; the whole from then on.
    BreaksOffOnce(Vec<u8>),
    /// A body without an end.
    Endless,
    Status(u16, &'static str),
    Redirect(String),
}

/// A registry with its own idea of what it has.
#[derive(Clone)]
struct Registry {
    port: u16,
    state: Arc<Mutex<State>>,
}

struct State {
    answers: BTreeMap<String, Answer>,
    /// The one that lets in, if any is needed.
    token: Option<&'static str>,
    /// `user:password` of who gets it, in base64; anybody if none.
    wants: Option<&'static str>,
    /// Path, and the header Authorization.
    asked: Vec<(String, Option<String>)>,
}

impl Registry {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State { answers: BTreeMap::new(), token: None, wants: None, asked: Vec::new() };
        let registry = Self { port, state: Arc::new(Mutex::new(state)) };
        let serving = registry.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        registry
    }

    fn put(&self, path: &str, answer: Answer) {
        self.state.lock().unwrap().answers.insert(format!("/v2/a/b/{path}"), answer);
    }

    fn blob(&self, content: &[u8]) -> Value {
        let digest = digest(content);
        self.put(&format!("blobs/{digest}"), Answer::Body(content.to_vec(), "application/octet-stream"));
        json!({"mediaType": "x", "digest": digest, "size": content.len()})
    }

    /// An image with two layers under the tag `one`; its manifest's digest.
    fn image(&self) -> String {
        let layers = [self.blob(b"first layer"), self.blob(b"second layer")];
        let manifest =
            json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": self.blob(b"{}"), "layers": layers});
        let text = serde_json::to_vec(&manifest).unwrap();
        let digest = digest(&text);
        self.put(&format!("manifests/{digest}"), Answer::Body(text, MANIFEST));
        let here = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let index = json!({"schemaVersion": 2, "manifests": [
            {"mediaType": MANIFEST, "digest": digest, "size": 1, "platform": {"os": "linux", "architecture": here}}]});
        self.put("manifests/one", Answer::Body(serde_json::to_vec(&index).unwrap(), INDEX));
        digest
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut line, mut authorization) = (String::new(), None);
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return;
            }
            loop {
                let mut header = String::new();
                if stream.read_line(&mut header).await.unwrap_or(0) == 0 || header.trim().is_empty() {
                    break;
                }
                if let Some(("authorization", value)) = header
                    .split_once(": ")
                    .map(|(name, value)| (name.to_lowercase(), value))
                    .as_ref()
                    .map(|(n, v)| (n.as_str(), *v))
                {
                    authorization = Some(value.trim().to_owned());
                }
            }
            let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
            let answer = self.answer(&path, authorization.as_deref());
            if !respond(stream.get_mut(), answer, self.port).await {
                return;
            }
        }
    }

    fn answer(&self, path: &str, authorization: Option<&str>) -> Answer {
        let mut state = self.state.lock().unwrap();
        state.asked.push((path.to_owned(), authorization.map(str::to_owned)));
        if path.starts_with("/token?") {
            let wanted = state.wants.map(|pair| format!("Basic {pair}"));
            if wanted.is_some() && wanted.as_deref() != authorization {
                return Answer::Status(401, "");
            }
            let token = state.token.unwrap_or_default();
            return Answer::Body(json!({"token": token}).to_string().into_bytes(), "application/json");
        }
        if let Some(token) = state.token
            && authorization != Some(format!("Bearer {token}").as_str())
        {
            return Answer::Status(401, "Bearer");
        }
        let found = state.answers.get(path).cloned();
        if let Some(Answer::BreaksOffOnce(body)) = &found {
            state.answers.insert(path.to_owned(), Answer::Body(body.clone(), "x"));
        }
        found.unwrap_or(Answer::Status(
            404,
            r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#,
        ))
    }

    async fn pull(&self, version: &str, options: &Options) -> Result<(String, Vec<u8>), RegistryError> {
        let reference: Reference = format!("127.0.0.1:{}/a/b{version}", self.port).parse().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        let mut told = Vec::new();
        let mut tell = |progress: Progress| told.push(progress);
        let digest = pull(&reference, options, file.try_clone().unwrap(), &mut tell).await?;
        assert!(matches!(told[0], Progress::Found { layers: 2, .. }), "{told:?}");
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        Ok((digest, bytes))
    }

    async fn refusal(&self, version: &str) -> String {
        let within = Duration::from_secs(20);
        match self.pull(version, &Options { within, ..Options::default() }).await {
            Ok(_) => panic!("{version} was fetched"),
            Err(error) => error.to_string(),
        }
    }
}

/// False when the connection has ended.
async fn respond(stream: &mut TcpStream, answer: Answer, port: u16) -> bool {
    let head = |status: u16, more: &str| format!("HTTP/1.1 {status} X\r\n{more}\r\n");
    match answer {
        Answer::Body(body, kind) => {
            let head = head(200, &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()));
            stream.write_all(&[head.as_bytes(), &body].concat()).await.is_ok()
        }
        Answer::BreaksOffOnce(body) => {
            let head = head(200, &format!("Content-Length: {}\r\n", body.len()));
            let _ = stream.write_all(&[head.as_bytes(), &body[..body.len() / 2]].concat()).await;
            false
        }
        Answer::Endless => {
            let _ = stream.write_all(head(200, "Connection: close\r\n").as_bytes()).await;
            while stream.write_all(&[b'x'; 65_536]).await.is_ok() {}
            false
        }
        Answer::Status(status, "Bearer") => {
            let challenge = format!(
                "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:{port}/token\",service=\"s\"\r\nContent-Length: 0\r\n"
            );
            stream.write_all(head(status, &challenge).as_bytes()).await.is_ok()
        }
        Answer::Status(status, body) => {
            let head = head(status, &format!("Content-Length: {}\r\n", body.len()));
            stream.write_all(format!("{head}{body}").as_bytes()).await.is_ok()
        }
        Answer::Redirect(to) => stream
            .write_all(head(307, &format!("Location: {to}\r\nContent-Length: 0\r\n")).as_bytes())
            .await
            .is_ok(),
    }
}

fn digest(content: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(content)))
}

#[tokio::test]
async fn an_image_by_tag_and_by_digest() {
    let registry = Registry::start().await;
    let expected = registry.image();
    let (digest, archive) = registry.pull(":one", &Options::default()).await.unwrap();
    assert_eq!(digest, expected);
    let (again, same) = registry.pull(&format!("@{expected}"), &Options::default()).await.unwrap();
    assert_eq!((again, same), (digest, archive.clone()));
    let names: Vec<_> = (tar::Archive::new(archive.as_slice()).entries().unwrap())
        .map(|entry| entry.unwrap().path().unwrap().display().to_string())
        .filter(|name| !name.ends_with('/'))
        .collect();
    assert_eq!((names.len(), names[0].as_str(), names[5].as_str()), (6, "oci-layout", "index.json"));
}

#[tokio::test]
async fn tokens_go_to_whom_they_belong() {
    let registry = Registry::start().await;
    registry.image();
    registry.state.lock().unwrap().token = Some("t0ken");
    let storage = Registry::start().await;
    let moved = b"second layer";
    storage.put("moved", Answer::Body(moved.to_vec(), "x"));
    registry.put(
        &format!("blobs/{}", digest(moved)),
        Answer::Redirect(format!("http://localhost:{}/v2/a/b/moved", storage.port)),
    );
    registry.pull(":one", &Options::default()).await.unwrap();
    let asked = registry.state.lock().unwrap().asked.clone();
    let token = asked.iter().find(|(path, _)| path.starts_with("/token?")).unwrap();
    assert_eq!(*token, ("/token?service=s&scope=repository%3Aa%2Fb%3Apull".to_owned(), None));
    assert_eq!(
        storage.state.lock().unwrap().asked,
        [("/v2/a/b/moved".to_owned(), None)],
        "the token stays here"
    );

    // base64 of ann:secret
    registry.state.lock().unwrap().wants = Some("YW5uOnNlY3JldA==");
    let refused = registry.refusal(":one").await;
    assert!(refused.contains("without credentials"), "{refused}");
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("auth.json");
    let auths = json!({"auths": {format!("127.0.0.1:{}", registry.port): {"auth": "YW5uOnNlY3JldA=="}}});
    std::fs::write(&path, auths.to_string()).unwrap();
    let reference = format!("127.0.0.1:{}/a/b:one", registry.port).parse().unwrap();
    let credentials = Credentials::from_file(&path, &reference).unwrap();
    registry.pull(":one", &Options { credentials, ..Options::default() }).await.unwrap();
}

#[tokio::test]
async fn for_others_it_leads_no_further_inside_than_it_is() {
    let registry = Registry::start().await;
    registry.image();
    let for_others = Options { for_others: true, ..Options::default() };
    registry.pull(":one", &for_others).await.unwrap();
    let layer = format!("blobs/{}", digest(b"first layer"));
    registry.put(&layer, Answer::Redirect("http://169.254.169.254/latest/meta-data".to_owned()));
    let refused = registry.pull(":one", &for_others).await.unwrap_err();
    assert!(matches!(&refused, RegistryError::Refused(why) if why.contains("further inside")), "{refused}");
    let nowhere: Reference = "169.254.169.254/a/b:one".parse().unwrap();
    let refused = pull(&nowhere, &for_others, tempfile::tempfile().unwrap(), &mut |_| {}).await.unwrap_err();
    assert!(refused.to_string().contains("to this machine itself"), "{refused}");
}

#[tokio::test]
async fn what_breaks_off_is_asked_for_again() {
    let registry = Registry::start().await;
    registry.image();
    let whole = registry.pull(":one", &Options::default()).await.unwrap();
    let layer = b"first layer";
    registry.put(&format!("blobs/{}", digest(layer)), Answer::BreaksOffOnce(layer.to_vec()));
    assert_eq!(registry.pull(":one", &Options::default()).await.unwrap(), whole);
}

#[tokio::test]
async fn what_is_not_what_it_says_is_refused() {
    let registry = Registry::start().await;
    let expected = registry.image();
    assert!(registry.refusal(":two").await.contains("404"));
    assert!(registry.refusal(":two").await.contains("manifest unknown"));
    let layer = format!("blobs/{}", digest(b"first layer"));
    for (body, says) in [
        (&b"first lazer"[..], "is not what"),
        (b"first", "bytes long"),
        (b"first layer and more", "bytes long"),
    ] {
        registry.put(&layer, Answer::Body(body.to_vec(), "x"));
        let refused = registry.refusal(":one").await;
        assert!(refused.contains(says), "{refused}");
    }
    registry.put(&layer, Answer::Endless);
    assert!(registry.refusal(":one").await.contains("is not what"));
    registry.put(&format!("manifests/{expected}"), Answer::Body(b"{}".to_vec(), MANIFEST));
    assert!(registry.refusal(":one").await.contains("is not what its digest says"));
    registry.put("manifests/one", Answer::Endless);
    assert!(registry.refusal(":one").await.contains("longer than"));
    registry.put(
        "manifests/one",
        Answer::Redirect(format!("http://127.0.0.1:{}/v2/a/b/manifests/one", registry.port)),
    );
    assert!(registry.refusal(":one").await.contains("redirects"));
}

#[tokio::test]
async fn bounds_of_bytes_and_of_time() {
    let registry = Registry::start().await;
    registry.image();
    let small = Options { most_bytes: 10, ..Options::default() };
    assert!(matches!(registry.pull(":one", &small).await, Err(RegistryError::OverLimit(_))));
    // A port on which somebody listens and nobody answers.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let reference: Reference = format!("{}/a/b", silent.local_addr().unwrap()).parse().unwrap();
    let short = Options { within: Duration::from_millis(300), ..Options::default() };
    let result = pull(&reference, &short, tempfile::tempfile().unwrap(), &mut |_| {}).await;
    assert!(matches!(result, Err(RegistryError::OverLimit(_))), "{result:?}");
}
