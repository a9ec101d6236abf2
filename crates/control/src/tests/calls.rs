//! How the tests call the installation: signed requests in both protocols of the API, and the query APIs.

use std::time::{Duration, SystemTime};

use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use millrace_wire::Protocol;
use serde_json::{Value, json};

use crate::Surroundings;

use super::harness::{ACCOUNT, Caller, ErrorAnswer, Installation, OWNER, REGION};

impl Installation {
    pub(super) async fn call(&self, operation: &str, input: Value) -> Result<Value, ErrorAnswer> {
        self.call_as(OWNER, Protocol::Json, operation, input).await
    }

    pub(super) async fn ok(&self, operation: &str, input: Value) -> Value {
        self.call(operation, input).await.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    /// As the owner, whose own clock says `seconds` since 1970.
    pub(super) async fn call_signed_at(
        &self,
        seconds: i64,
        operation: &str,
        input: Value,
    ) -> Result<Value, ErrorAnswer> {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap());
        self.call_at(at, OWNER, Protocol::Json, operation, input).await
    }

    pub(super) async fn call_as(
        &self,
        caller: Caller,
        protocol: Protocol,
        operation: &str,
        input: Value,
    ) -> Result<Value, ErrorAnswer> {
        self.call_at(self.now(), caller, protocol, operation, input).await
    }

    async fn call_at(
        &self,
        at: SystemTime,
        caller: Caller,
        protocol: Protocol,
        operation: &str,
        input: Value,
    ) -> Result<Value, ErrorAnswer> {
        let request = signed(caller, protocol, operation, &input, at);
        let response = self.control.handle(request).await;
        assert!(response.headers().contains_key("x-amzn-requestid"));
        let body = read(protocol, response.body());
        if response.status().is_success() {
            return Ok(body);
        }
        let text = |member: &str| body[member].as_str().unwrap_or_default().to_owned();
        let kind = text("__type");
        let kind = kind.rsplit('#').next().unwrap_or_default().to_owned();
        Err((kind, text("message")))
    }

    /// Calls in both protocols, which must answer alike.
    pub(super) async fn call_both(&self, operation: &str, input: &Value) -> Result<Value, ErrorAnswer> {
        let json = self.call_as(OWNER, Protocol::Json, operation, input.clone()).await;
        let cbor = self.call_as(OWNER, Protocol::Cbor, operation, input.clone()).await;
        assert_eq!(json, cbor, "{operation} {input}");
        json
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(self.clock.now().0).unwrap())
    }

    /// A call of a query API: the XML, or the error's code and message.
    pub(super) async fn query(
        &self,
        caller: Caller,
        service: &str,
        action: &str,
        params: &[(&str, &str)],
    ) -> Result<String, ErrorAnswer> {
        let pairs = [("Action", action)].into_iter().chain(params.iter().copied());
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let headers = [
            ("host", "apps.example.org"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
        ];
        let uri = "http://apps.example.org/";
        let request = sign_request(caller, service, uri, &headers, body.into_bytes(), self.now());
        let response = self.control.handle(request).await;
        let xml = String::from_utf8(response.body().to_vec()).unwrap();
        if response.status().is_success() {
            return Ok(xml);
        }
        Err((element(&xml, "Code").to_owned(), element(&xml, "Message").replace("&quot;", "\"")))
    }

    /// A call of IAM by the owner, which must succeed.
    pub(super) async fn iam(&self, action: &str, params: &[(&str, &str)]) -> String {
        self.query(OWNER, "iam", action, params).await.unwrap_or_else(|error| panic!("{action}: {error:?}"))
    }

    /// A new user with an access key and this policy, unless it is empty.
    pub(super) async fn user(&self, name: &str, policy: &str) -> Caller {
        self.iam("CreateUser", &[("UserName", name)]).await;
        if !policy.is_empty() {
            let params = [("UserName", name), ("PolicyName", "own"), ("PolicyDocument", policy)];
            self.iam("PutUserPolicy", &params).await;
        }
        self.access_key(name).await
    }

    /// A new access key of a user.
    pub(super) async fn access_key(&self, user: &str) -> Caller {
        let xml = self.iam("CreateAccessKey", &[("UserName", user)]).await;
        Caller {
            key: leaked(&xml, "AccessKeyId"),
            secret: leaked(&xml, "SecretAccessKey"),
            token: None,
            region: REGION,
        }
    }

    /// A session of a role.
    pub(super) async fn assume(
        &self,
        caller: Caller,
        role: &str,
        more: &[(&str, &str)],
    ) -> Result<Caller, ErrorAnswer> {
        let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
        let mut params = vec![("RoleArn", arn.as_str()), ("RoleSessionName", "session")];
        params.extend(more);
        let xml = self.query(caller, "sts", "AssumeRole", &params).await?;
        Ok(Caller {
            key: leaked(&xml, "AccessKeyId"),
            secret: leaked(&xml, "SecretAccessKey"),
            token: Some(leaked(&xml, "SessionToken")),
            region: REGION,
        })
    }
}

fn signed(
    caller: Caller,
    protocol: Protocol,
    operation: &str,
    input: &Value,
    now: SystemTime,
) -> Request<Bytes> {
    let (path, own, body) = match protocol {
        Protocol::Json => {
            let target = ("x-amz-target", format!("PhotonAdminProxyService.{operation}"));
            ("/".to_owned(), target, serde_json::to_vec(input).unwrap())
        }
        Protocol::Cbor => {
            let mut body = Vec::new();
            ciborium::into_writer(input, &mut body).unwrap();
            let path = format!("/service/PhotonAdminProxyService/operation/{operation}");
            (path, ("smithy-protocol", "rpc-v2-cbor".to_owned()), body)
        }
    };
    let uri = format!("http://apps.example.org{path}");
    let headers =
        [("host", "apps.example.org"), ("content-type", protocol.content_type()), (own.0, own.1.as_str())];
    sign_request(caller, "appstream", &uri, &headers, body, now)
}

fn sign_request(
    caller: Caller,
    service: &str,
    uri: &str,
    headers: &[(&'static str, &str)],
    body: Vec<u8>,
    now: SystemTime,
) -> Request<Bytes> {
    let token = caller.token.map(str::to_owned);
    let identity =
        aws_credential_types::Credentials::new(caller.key, caller.secret, token, None, "tests").into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(caller.region)
        .name(service)
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let signable =
        SignableRequest::new("POST", uri, headers.iter().copied(), SignableBody::Bytes(&body)).unwrap();
    let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
    let mut request = Request::post(uri).body(Bytes::from(body)).unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    instructions.apply_to_request_http1x(&mut request);
    request
}

/// The text of an element of XML.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inside =
        xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inside.unwrap_or_else(|| panic!("no {name} in {xml}")).0
}

/// Callers are plain values that tests pass around; the few strings of a test's run may live to its end.
fn leaked(xml: &str, name: &str) -> &'static str {
    Box::leak(element(xml, name).to_owned().into_boxed_str())
}

fn read(protocol: Protocol, body: &[u8]) -> Value {
    match protocol {
        Protocol::Json => serde_json::from_slice(body).unwrap(),
        Protocol::Cbor => plain(ciborium::from_reader(body).unwrap()),
    }
}

/// CBOR as JSON would have it: a moment is its number.
fn plain(value: ciborium::Value) -> Value {
    match value {
        ciborium::Value::Map(entries) => {
            let entry = |(key, value): (ciborium::Value, _)| (key.into_text().unwrap(), plain(value));
            Value::Object(entries.into_iter().map(entry).collect())
        }
        ciborium::Value::Array(items) => items.into_iter().map(plain).collect(),
        ciborium::Value::Tag(1, moment) => plain(*moment),
        ciborium::Value::Integer(number) => json!(i64::try_from(number).unwrap()),
        ciborium::Value::Float(number) => json!(number),
        ciborium::Value::Text(text) => json!(text),
        ciborium::Value::Bool(truth) => json!(truth),
        other => panic!("{other:?}"),
    }
}
