use std::collections::BTreeSet;

use millrace_model::fleet::{Capacity, FleetError, FleetErrorCode};
use millrace_model::instance::InstanceState;
use millrace_model::session::{Authentication, Connection, EndReason, SessionState, User};
use millrace_model::{SessionId, Timestamp};

use super::{NOW, key, name, open, running, scope};
use crate::{Binding, Bound, ChangeError, DisassociateError, SessionFilter, Store};

fn binding(ticket: &str, user: &str) -> Binding {
    Binding {
        ticket_id: ticket.to_owned(),
        ticket_expires_at: NOW.plus_seconds(60),
        stack: name("s"),
        fleet: key("f"),
        user: User { authentication: Authentication::Api, id: user.to_owned() },
        session_id: SessionId::new(format!("session-{ticket}")).unwrap(),
        max_duration_seconds: 57600,
    }
}

async fn bind(store: &Store, ticket: &str, user: &str) -> Bound {
    store.bind(&binding(ticket, user), NOW).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_users_for_few_instances() {
    let temporary = open().await;
    let store = temporary.store.clone();
    running(&store, 3).await;
    let mut users = tokio::task::JoinSet::new();
    for number in 0..20 {
        let store = store.clone();
        users.spawn(async move { bind(&store, &format!("t{number}"), &format!("user{number}")).await });
    }
    let mut instances = BTreeSet::new();
    let mut refused = 0;
    while let Some(bound) = users.join_next().await {
        match bound.unwrap() {
            Bound::New(session) => {
                assert!(instances.insert(session.instance), "an instance serves one session");
            }
            Bound::NoneReady { failed_at: None, starting: 0, short: false } => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((instances.len(), refused), (3, 17));
}

#[tokio::test]
async fn a_ticket_is_spent_once_and_only_for_a_session() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 0).await;
    assert_eq!(
        bind(store, "t", "user").await,
        Bound::NoneReady { failed_at: None, starting: 0, short: false }
    );
    assert_eq!(
        bind(store, "t", "user").await,
        Bound::NoneReady { failed_at: None, starting: 0, short: false },
        "it is not spent by a refusal"
    );
    let mut elsewhere = binding("t", "user");
    elsewhere.stack = name("other");
    assert_eq!(store.bind(&elsewhere, NOW).await.unwrap(), Bound::NotAssociated);
}

#[tokio::test]
async fn a_user_comes_back_to_the_live_session() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 2).await;
    let Bound::New(first) = bind(store, "t1", "user").await else { panic!("new") };
    assert_eq!(bind(store, "t1", "user").await, Bound::Spent);
    let connected = store.session_connected(&first.id, NOW).await.unwrap();
    store.session_disconnected(&first.id, NOW.plus_seconds(5)).await.unwrap();
    let Bound::Resumed(resumed) = bind(store, "t2", "user").await else { panic!("resumed") };
    assert_eq!((resumed.id, resumed.instance), (connected.id, connected.instance));
    assert_eq!(bind(store, "t2", "user").await, Bound::Spent);
    let Bound::New(other) = bind(store, "t3", "other").await else { panic!("new") };
    assert_ne!(other.id, first.id);
}

#[tokio::test]
async fn sessions_never_exceed_what_is_desired() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 2).await;
    store
        .change_fleet(&scope(), &name("f"), |record| {
            let mut settings = record.fleet.settings.clone();
            settings.capacity = Capacity::Instances(1);
            record.fleet.update(settings, record.counts.total())
        })
        .await
        .unwrap();
    assert!(matches!(bind(store, "t1", "one").await, Bound::New(_)));
    assert_eq!(bind(store, "t2", "two").await, Bound::Full);
}

#[tokio::test]
async fn an_ended_session_takes_its_instance_with_it() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 1).await;
    let Bound::New(session) = bind(store, "t", "user").await else { panic!("new") };
    let parted = store.disassociate(&scope(), &name("f"), &name("s")).await;
    assert!(matches!(parted, Err(DisassociateError::LiveSessions)));
    store.session_connected(&session.id, NOW).await.unwrap();
    let stale = store.end_session(&session.id, Some(session.generation), EndReason::Time, NOW).await.unwrap();
    assert_eq!(stale, None, "decided before the viewer came");
    let ended = store.end_session(&session.id, None, EndReason::User, NOW).await.unwrap().unwrap();
    assert!(matches!(ended.state, SessionState::Ended { reason: EndReason::User, .. }));
    assert_eq!(store.end_session(&session.id, None, EndReason::Owner, NOW).await.unwrap(), None);
    assert_eq!(store.instance(&session.instance).await.unwrap().unwrap().state, InstanceState::Retiring);
    let late = store.session_connected(&session.id, NOW).await;
    assert!(matches!(late, Err(ChangeError::Refused(over)) if over.reason == EndReason::User));

    let filter = SessionFilter {
        stack: name("s"),
        fleet: name("f"),
        user_id: Some("user".to_owned()),
        authentication: Some(Authentication::Api),
        instance: None,
    };
    assert_eq!(store.sessions(&scope(), &filter, None, 20).await.unwrap().items, [ended]);
    let none = SessionFilter { user_id: Some("nobody".to_owned()), ..filter.clone() };
    assert_eq!(store.sessions(&scope(), &none, None, 20).await.unwrap().items, []);
    store.prune(Timestamp(NOW.0 + 1), NOW).await.unwrap();
    assert_eq!(store.sessions(&scope(), &filter, None, 20).await.unwrap().items, []);
}

#[tokio::test]
async fn what_dies_ends_its_session_and_counts_if_it_was_young() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 1).await;
    let Bound::New(session) = bind(store, "t", "user").await else { panic!("new") };
    let error = || FleetError { code: FleetErrorCode::ProvisioningFailure, message: "ended".to_owned() };
    let instance = store.instance(&session.instance).await.unwrap().unwrap();
    let stale = store.lose_instance(&instance.id, instance.generation - 1, error(), NOW).await.unwrap();
    assert_eq!(stale, None);
    let lost = store.lose_instance(&instance.id, instance.generation, error(), NOW).await.unwrap();
    assert_eq!(lost.unwrap().unwrap().id, session.id);
    assert_eq!(store.fleet(&scope(), &name("f")).await.unwrap().unwrap().fleet.health.failures, 1);
    let snapshot = store.runtime().await.unwrap();
    assert_eq!(snapshot.sessions, []);
    assert_eq!(snapshot.instances[0].state, InstanceState::Retiring);
    assert_eq!(snapshot.fleets[0].image_digest.as_deref(), Some("sha256:1"));
}

#[tokio::test]
async fn a_restart_disconnects_every_viewer() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 1).await;
    let Bound::New(session) = bind(store, "t", "user").await else { panic!("new") };
    store.session_connected(&session.id, NOW).await.unwrap();
    let later = NOW.plus_seconds(10);
    let viewed = store.viewed_sessions().await.unwrap();
    assert_eq!(viewed.iter().map(|session| &session.id).collect::<Vec<_>>(), [&session.id]);
    assert_eq!(store.disconnect_all(later).await.unwrap(), 1);
    assert!(store.viewed_sessions().await.unwrap().is_empty());
    let state = store.session(&session.id).await.unwrap().unwrap().state;
    let connection = Connection::Disconnected { since: later };
    assert_eq!(state, SessionState::Active { started_at: NOW, connection });
}
