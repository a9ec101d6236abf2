//! Admission: what is refused without asking, how progress streams, and that going away gives it up.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use millrace_stream::SigningKey;
use millrace_stream::admission::{Grant, Progress, RefusalReason, StackToken};
use millrace_stream::ticket::{SignedTicket, Ticket};
use serde_json::{Value, json};

use crate::fixture::{Fixture, Step, Told, key, now, signed, soon, ticket, to_stack};

async fn post(fixture: &Fixture, headers: &[(&str, &str)], body: String) -> Response<Incoming> {
    let mut request = Request::post(format!("http://{}/session/admit", fixture.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    soon(client.request(request.body(Full::from(body)).unwrap())).await.unwrap()
}

async fn ask(fixture: &Fixture, ticket: &SignedTicket) -> Response<Incoming> {
    let body = json!({ "parameters": ticket.parameters, "signature": ticket.signature }).to_string();
    post(fixture, &[("content-type", "application/json")], body).await
}

async fn lines(response: Response<Incoming>) -> Vec<Value> {
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let body = soon(response.into_body().collect()).await.unwrap().to_bytes();
    let text = String::from_utf8(body.to_vec()).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn progress_streams_until_the_grant() {
    let mut fixture = Fixture::new().await;
    fixture.admissions(&[Step::Say(Progress::Waiting), Step::Say(Progress::Starting), Step::Grant]);
    let lines = lines(ask(&fixture, &signed()).await).await;
    assert_eq!(lines[0], json!({ "state": "waiting" }));
    assert_eq!(lines[1], json!({ "state": "starting" }));
    assert_eq!((&lines[2]["state"], &lines[2]["stack"], lines.len()), (&json!("ready"), &json!("Desk"), 3));
    let grant = Grant::verify(lines[2]["grant"].as_str().unwrap(), &key(), now()).unwrap();
    assert_eq!(grant.session_id, "s-1");
    assert_eq!(fixture.told().await, Told::Admit("t-1".into()));
}

#[tokio::test]
async fn bad_tickets_are_refused_without_asking() {
    let mut fixture = Fixture::new().await;
    let expired = Ticket { expires_epoch_seconds: now(), ..ticket() }.sign(&key()).unwrap();
    let forged = ticket().sign(&SigningKey::new([8; 32])).unwrap();
    let altered = SignedTicket { parameters: expired.parameters.clone(), ..signed() };
    for (ticket, reason) in [(expired, "expired"), (forged, "invalid_ticket"), (altered, "invalid_ticket")] {
        let lines = lines(ask(&fixture, &ticket).await).await;
        assert_eq!((&lines[0]["state"], &lines[0]["reason"]), (&json!("refused"), &json!(reason)));
    }
    assert!(fixture.told.try_recv().is_err());
}

#[tokio::test]
async fn an_embedded_page_is_told_how_to_stay_so() {
    let fixture = Fixture::new().await;
    let portal = to_stack("Portal").sign(&key()).unwrap();
    let lines = lines(ask(&fixture, &portal).await).await;
    assert_eq!((lines.len(), &lines[0]["state"]), (2, &json!("opening")));
    let token = StackToken::verify(lines[0]["stack_token"].as_str().unwrap(), &key()).unwrap();
    assert_eq!(token.stack, "Portal");
}

#[tokio::test]
async fn a_spent_ticket_is_refused_in_words() {
    let fixture = Fixture::new().await;
    fixture.admissions(&[Step::Refuse(RefusalReason::Spent)]);
    let lines = lines(ask(&fixture, &signed()).await).await;
    assert_eq!(lines, [json!({ "state": "refused", "reason": "spent", "message": "no" })]);
}

#[tokio::test]
async fn what_is_not_a_request_for_admission_is_refused() {
    let mut fixture = Fixture::new().await;
    let json = ("content-type", "application/json");
    let body = || json!({ "parameters": "P", "signature": "S" }).to_string();
    let own = format!("http://{}", fixture.address);
    let cases = [
        (post(&fixture, &[json], "{".into()).await, 400),
        (post(&fixture, &[json], "[]".into()).await, 400),
        (post(&fixture, &[json], " ".repeat(20_000)).await, 413),
        (post(&fixture, &[("content-type", "text/plain")], body()).await, 415),
        (post(&fixture, &[json, ("origin", "https://evil.example")], body()).await, 403),
        (post(&fixture, &[json, ("origin", &own)], body()).await, 200),
    ];
    for (response, status) in cases {
        assert_eq!(response.status(), status);
    }
    assert!(fixture.told.try_recv().is_err());
}

#[tokio::test]
async fn a_browser_that_goes_away_gives_up_its_admission() {
    let mut fixture = Fixture::new().await;
    fixture.admissions(&[Step::Say(Progress::Waiting), Step::Hang]);
    let mut response = ask(&fixture, &signed()).await;
    assert_eq!(fixture.told().await, Told::Admit("t-1".into()));
    let mut seen = String::new();
    // The first line, and then a blank one that keeps it alive.
    while !seen.ends_with("\n\n") {
        let frame = soon(response.body_mut().frame()).await.unwrap().unwrap();
        seen.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    assert!(seen.starts_with("{\"state\":\"waiting\"}\n"), "{seen}");
    drop(response);
    assert_eq!(fixture.told().await, Told::AdmissionDropped);
}

#[tokio::test]
async fn a_stopping_server_says_so() {
    let fixture = Fixture::new().await;
    fixture.admissions(&[Step::Hang]);
    let response = ask(&fixture, &signed()).await;
    fixture.gateway.shutdown().await;
    assert_eq!(lines(response).await[0]["reason"], "unavailable");
}
