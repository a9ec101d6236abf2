//! HTTP to one registry: who asks, how often, and how much is taken.
//!
//! Why a client of our own over `reqwest`: the crate for the whole protocol (`oci-client`) reads manifests, tokens and errors of any length into
//! memory, and sends credentials wherever the registry says. `reqwest` has what is easy to get wrong: redirects to storage elsewhere without the
//! authorization, the proxies of the environment, the certificates of the machine.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Response, StatusCode, Url, redirect};
use serde::Deserialize;

use crate::challenge::{self, Challenge};
use crate::manifest::{INDEX_TYPES, MANIFEST_TYPES};
use crate::reach::Reach;
use crate::{Credentials, Options, Reference, RegistryError};

/// Until a connection is made.
const CONNECT_WITHIN: Duration = Duration::from_secs(20);
/// Between two pieces of an answer.
const READ_WITHIN: Duration = Duration::from_secs(60);
/// From the registry to where its blobs are.
const MOST_REDIRECTS: usize = 5;
/// Of a manifest or an index, in bytes: registries take no longer ones.
const LONGEST_DOCUMENT: usize = 4 << 20;
/// Of the answer of who gives out tokens, in bytes.
const LONGEST_TOKEN: usize = 64 << 10;
/// Of an answer that says what is wrong, in bytes.
const LONGEST_ERROR: usize = 8 << 10;

/// A document, and the media type that came with it.
pub(crate) struct Document {
    pub(crate) text: Vec<u8>,
    pub(crate) media_type: String,
}

/// The registry of one image.
pub(crate) struct Client<'a> {
    http: reqwest::Client,
    reference: &'a Reference,
    credentials: Option<&'a Credentials>,
    base: Url,
    /// Nothing that the registry says leads to a place without TLS, unless it is there already.
    plain: bool,
    /// How far it may lead; anywhere, if none.
    reach: Option<Reach>,
    authorization: Option<HeaderValue>,
}

impl<'a> Client<'a> {
    pub(crate) async fn new(reference: &'a Reference, options: &'a Options) -> Result<Self, RegistryError> {
        let plain = options.insecure || reference.is_loopback();
        let scheme = if plain { "http" } else { "https" };
        let refused = |error: String| RegistryError::Refused(error);
        let base = format!("{scheme}://{}/v2/{}/", reference.host(), reference.repository());
        let base = Url::parse(&base).map_err(|error| refused(error.to_string()))?;
        let reach = if options.for_others {
            let registry = || reference.registry().to_owned();
            let reach = Reach::of(reference).await;
            Some(reach.map_err(|detail| RegistryError::Unreachable { registry: registry(), detail })?)
        } else {
            None
        };
        let http = reqwest::Client::builder()
            .user_agent(concat!("millrace/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_WITHIN)
            .read_timeout(READ_WITHIN)
            .redirect(redirect::Policy::custom(move |attempt| {
                if attempt.previous().len() > MOST_REDIRECTS {
                    attempt.error("too many redirects")
                } else if !plain && attempt.url().scheme() != "https" {
                    attempt.error("a redirect to a place without TLS")
                } else if let Some(Err(error)) = reach.map(|reach| reach.check(attempt.url())) {
                    attempt.error(error)
                } else {
                    attempt.follow()
                }
            }));
        let http = match reach {
            Some(reach) => http.no_proxy().dns_resolver(reach),
            // The proxies of the environment are not for this machine's own registries.
            None if reference.is_loopback() => http.no_proxy(),
            None => http,
        };
        let http = http.build().map_err(|error| refused(detail(&error)))?;
        let credentials = options.credentials.as_ref();
        Ok(Self { http, reference, credentials, base, plain, reach, authorization: None })
    }

    /// A manifest or an index, by tag or digest.
    pub(crate) async fn document(&mut self, version: &str) -> Result<Document, RegistryError> {
        let accepted = MANIFEST_TYPES.into_iter().chain(INDEX_TYPES).collect::<Vec<_>>().join(", ");
        let response = self.get(&format!("manifests/{version}"), Some(&accepted)).await?;
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type =
            media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_owned();
        let text = self.bounded(response, LONGEST_DOCUMENT, "its manifest").await?;
        Ok(Document { text, media_type })
    }

    /// A blob of `size` bytes, to be read piece by piece.
    pub(crate) async fn blob(&mut self, digest: &str, size: u64) -> Result<Response, RegistryError> {
        let response = self.get(&format!("blobs/{digest}"), None).await?;
        let length =
            response.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length != size => {
                Err(RegistryError::Refused(format!("the blob {digest} is {length} bytes long, not {size}")))
            }
            _ => Ok(response),
        }
    }

    /// The connection broke off, or led to where it must not.
    pub(crate) fn unreachable(&self, error: &reqwest::Error) -> RegistryError {
        if error.is_redirect() {
            return RegistryError::Refused(format!("its registry leads elsewhere: {}", detail(error)));
        }
        RegistryError::Unreachable { registry: self.reference.registry().to_owned(), detail: detail(error) }
    }

    async fn get(&mut self, path: &str, accept: Option<&str>) -> Result<Response, RegistryError> {
        let url = self.base.join(path).map_err(|error| RegistryError::Refused(error.to_string()))?;
        let mut response = self.send(&url, accept).await?;
        // Tokens last some minutes: large images outlive them.
        if response.status() == StatusCode::UNAUTHORIZED {
            self.authorize(&response).await?;
            response = self.send(&url, accept).await?;
        }
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::UNAUTHORIZED => Err(self.unauthorized()),
            status => Err(self.status(status, path, response).await),
        }
    }

    async fn send(&self, url: &Url, accept: Option<&str>) -> Result<Response, RegistryError> {
        let mut request = self.http.get(url.clone());
        if let Some(accept) = accept {
            request = request.header(ACCEPT, accept);
        }
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        request.send().await.map_err(|error| self.unreachable(&error))
    }

    /// Does what the answer asks for; the next request has what came of it.
    async fn authorize(&mut self, response: &Response) -> Result<(), RegistryError> {
        let headers = response.headers().get_all(WWW_AUTHENTICATE).into_iter();
        let challenge = headers.filter_map(|value| challenge::parse(value.to_str().ok()?)).next();
        let text = match challenge {
            Some(Challenge::Bearer { realm, service, scope }) => {
                format!("Bearer {}", self.token(&realm, &service, &scope).await?)
            }
            Some(Challenge::Basic) => self.credentials.map(basic).ok_or_else(|| self.unauthorized())?,
            None => return Err(self.unauthorized()),
        };
        let mut value = HeaderValue::try_from(text)
            .map_err(|_| RegistryError::Refused("the registry gave a token that cannot be sent".into()))?;
        value.set_sensitive(true);
        self.authorization = Some(value);
        Ok(())
    }

    async fn token(&self, realm: &str, service: &str, scope: &str) -> Result<String, RegistryError> {
        let mut url = Url::parse(realm)
            .map_err(|_| RegistryError::Refused(format!("the registry names {realm:?} for tokens")))?;
        if url.scheme() != "https" && !self.plain {
            return Err(RegistryError::Refused(format!(
                "the registry gives out tokens without TLS, at {realm:?}"
            )));
        }
        if let Some(reach) = self.reach {
            reach.check(&url).map_err(|error| RegistryError::Refused(error.to_string()))?;
        }
        let own = format!("repository:{}:pull", self.reference.repository());
        // No more than this is needed, whatever it asks for.
        let scope = if scope.starts_with("repository:") || scope.is_empty() { own.as_str() } else { scope };
        {
            let mut query = url.query_pairs_mut();
            if !service.is_empty() {
                query.append_pair("service", service);
            }
            query.append_pair("scope", scope);
        }
        let mut request = self.http.get(url);
        if let Some(credentials) = self.credentials {
            request = request.header(AUTHORIZATION, basic(credentials));
        }
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        match response.status() {
            status if status.is_success() => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(self.unauthorized()),
            status => return Err(self.status(status, "a token", response).await),
        }
        #[derive(Deserialize)]
        struct Given {
            token: Option<String>,
            access_token: Option<String>,
        }
        let text = self.bounded(response, LONGEST_TOKEN, "a token").await?;
        let given: Option<Given> = serde_json::from_slice(&text).ok();
        given
            .and_then(|given| given.token.or(given.access_token))
            .ok_or_else(|| RegistryError::Refused("the registry gave no token".into()))
    }

    async fn bounded(
        &self,
        mut response: Response,
        most: usize,
        what: &str,
    ) -> Result<Vec<u8>, RegistryError> {
        let mut text = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            text.extend_from_slice(&piece);
            if text.len() > most {
                return Err(RegistryError::OverLimit(format!("{what} is longer than {most} bytes")));
            }
        }
        Ok(text)
    }

    fn unauthorized(&self) -> RegistryError {
        let whom = match self.credentials {
            Some(_) => "these credentials",
            None => "anybody without credentials",
        };
        RegistryError::Unauthorized { registry: self.reference.registry().to_owned(), whom }
    }

    async fn status(&self, status: StatusCode, what: &str, response: Response) -> RegistryError {
        let said = self.bounded(response, LONGEST_ERROR, "its error").await.unwrap_or_default();
        RegistryError::Status {
            registry: self.reference.registry().to_owned(),
            status: status.as_u16(),
            what: format!("{} of {}", what.split('/').next().unwrap_or(what), self.reference),
            detail: message(&said),
        }
    }
}

/// The first message of an error in the registries' form, on one line.
fn message(said: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Said {
        errors: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        message: Option<String>,
    }
    let said: Option<Said> = serde_json::from_slice(said).ok();
    let first = said.and_then(|said| said.errors.into_iter().find_map(|error| error.message));
    let plain: String = first.unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
    if plain.is_empty() { plain } else { format!(": {plain}") }
}

fn basic(credentials: &Credentials) -> String {
    use base64::Engine;
    let pair = format!("{}:{}", credentials.user, credentials.password);
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
}

/// The chain of causes, without the address: those of blobs are signed.
fn detail(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        let said = source.to_string();
        if !text.ends_with(&said) {
            text = if text.is_empty() { said } else { format!("{text}: {said}") };
        }
        cause = source.source();
    }
    match text {
        text if !text.is_empty() => text,
        _ if error.is_timeout() => "it took too long".into(),
        _ => "the connection broke off".into(),
    }
}
