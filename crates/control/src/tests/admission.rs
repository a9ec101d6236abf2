//! Who is let in, and what becomes of sessions.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use millrace_driver::{Driver, InstanceId};
use millrace_stream::admission::{DEFAULT_CLIPBOARD_CHARACTERS, Progress, RefusalReason, UserSettings, View};
use serde_json::json;
use tokio::sync::mpsc;

use super::harness::Installation;
use crate::{EndReason, SessionEnd};

const PAIR: fn() -> serde_json::Value = || json!({"FleetName": "f", "StackName": "s"});

#[tokio::test]
async fn an_instance_is_made_on_demand() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 2).await;
    assert!(installation.driver.list().await.unwrap().is_empty());
    let ticket = installation.ticket("ann", json!({"SessionContext": "a context"})).await;
    let (sender, mut progress) = mpsc::channel(8);
    let grant = installation.control.admit(ticket.clone(), sender).await.unwrap();
    assert_eq!(progress.recv().await, Some(Progress::Starting));
    assert_eq!(progress.recv().await, None);
    assert_eq!((grant.user_id.as_str(), grant.stack.as_str()), ("ann", "s"));
    assert_eq!(grant.launch, Vec::<String>::new(), "the user chooses");
    assert_eq!((grant.applications.len(), grant.view), (2, View::Applications));
    let icon = grant.applications[0].icon.clone().unwrap();
    assert_eq!(installation.control.icon(&icon).await.unwrap(), Some(b"editor".to_vec()));
    let images = installation.ok("DescribeImages", json!({})).await;
    let url = format!("https://apps.example.org/icons/{icon}.png");
    assert_eq!(images["Images"][0]["Applications"][0]["IconURL"], url);
    assert_eq!(
        grant.not_yet,
        ["FILE_UPLOAD", "FILE_DOWNLOAD", "PRINTING_TO_LOCAL_DEVICE", "DOMAIN_PASSWORD_SIGNIN"]
    );
    assert_eq!(grant.redirect_url.as_deref(), Some("https://example.org/bye"));
    let variable =
        |name: &str| grant.environment.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str());
    assert_eq!(variable("APPSTREAM_SESSION_CONTEXT"), Some("a context"));
    assert_eq!(variable("AppStream_Stack_Name"), Some("s"));
    assert_eq!(variable("AppStream_Session_ID"), Some(grant.session_id.as_str()));

    let again = installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap_err();
    assert_eq!(again.reason, RefusalReason::Spent);
    let sessions = installation.call_both("DescribeSessions", &PAIR()).await.unwrap();
    let session = &sessions["Sessions"][0];
    assert_eq!(
        (&session["State"], &session["ConnectionState"]),
        (&json!("PENDING"), &json!("NOT_CONNECTED"))
    );
    assert_eq!(session["InstanceId"], grant.instance_id);
    let status = installation.fleet("f").await["ComputeCapacityStatus"].clone();
    assert_eq!(status, json!({"Desired": 2, "Running": 1, "InUse": 1, "Available": 1}));
    let ran = installation.driver.list().await.unwrap();
    assert_eq!(ran.len(), 1, "one user, one instance");
    let parted = installation.call("DisassociateFleet", PAIR()).await;
    assert_eq!(parted.unwrap_err().0, "ResourceInUseException");
}

#[tokio::test]
async fn the_grant_tells_what_users_may_do_and_for_how_long() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 2).await;
    let limits = json!({"Name": "f", "IdleDisconnectTimeoutInSeconds": 120});
    installation.call("UpdateFleet", limits).await.unwrap();
    let ticket = installation.ticket("ann", json!({})).await;
    let grant = installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
    let most = Some(DEFAULT_CLIPBOARD_CHARACTERS);
    let defaults = UserSettings { copy_from_local_device: most, copy_to_local_device: most };
    assert_eq!((grant.user_settings, grant.idle_disconnect_seconds), (defaults, 120));
    // The grant is good for a minute, the session by default for sixteen hours.
    let lasts = grant.session_ends_epoch_seconds.unwrap() - grant.expires_epoch_seconds;
    assert_eq!(lasts, 57_600 - 60);
    let settings = json!([
        {"Action": "CLIPBOARD_COPY_FROM_LOCAL_DEVICE", "Permission": "ENABLED", "MaximumLength": 7},
        {"Action": "CLIPBOARD_COPY_TO_LOCAL_DEVICE", "Permission": "DISABLED"},
    ]);
    installation.call("UpdateStack", json!({"Name": "s", "UserSettings": settings})).await.unwrap();
    let ticket = installation.ticket("bob", json!({})).await;
    let grant = installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
    let chosen = UserSettings { copy_from_local_device: Some(7), copy_to_local_device: None };
    assert_eq!(grant.user_settings, chosen);
}

#[tokio::test]
async fn what_starts_by_itself() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 5).await;
    for (user, asked, started, view) in [
        ("one", json!({"ApplicationId": "calculator"}), vec!["calculator"], View::Applications),
        ("two", json!({"ApplicationId": "Desktop"}), vec![], View::Desktop),
        ("three", json!({}), vec![], View::Applications),
    ] {
        let ticket = installation.ticket(user, asked).await;
        let grant = installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
        assert_eq!((grant.launch, grant.view), (started.into_iter().map(str::to_owned).collect(), view));
    }
}

#[tokio::test]
async fn a_user_comes_back_to_the_same_session_until_time_is_up() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 2).await;
    let first = installation.admit("ann").await.unwrap();
    installation.control.session_connected(&first.session_id, None).await.unwrap();
    installation.control.session_disconnected(&first.session_id).await;
    installation.pass(800);
    let second = installation.admit("ann").await.unwrap();
    assert_eq!((&second.session_id, &second.instance_id), (&first.session_id, &first.instance_id));
    assert_eq!(second.launch, Vec::<String>::new(), "its applications run already");

    let mut ends = installation.control.session_ends();
    installation.pass(100);
    let end = tokio::time::timeout(Duration::from_secs(30), ends.recv()).await.unwrap().unwrap();
    assert_eq!(end, SessionEnd { session_id: first.session_id.clone(), reason: EndReason::Time });
    assert_eq!(installation.control.session_connected(&first.session_id, None).await, Err(EndReason::Time));
    let third = installation.admit("ann").await.unwrap();
    assert_ne!(third.session_id, first.session_id);
    assert_ne!(third.instance_id, first.instance_id, "an instance is never used again");
    let fourth = installation.admit("ann").await.unwrap();
    assert_eq!(fourth.session_id, third.session_id);
    assert_ne!(
        fourth, third,
        "whoever shows a grant that was used is refused: a link opened in the same second gives another one"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_users_share_few_instances_one_after_the_other() {
    for kind in ["ALWAYS_ON", "ON_DEMAND"] {
        let installation = Arc::new(Installation::new().await);
        installation.running(kind, 3).await;
        let mut users = tokio::task::JoinSet::new();
        for number in 0..12 {
            let installation = installation.clone();
            users.spawn(async move {
                let grant = installation.admit(&format!("user{number}")).await.unwrap();
                let live = installation.store.runtime().await.unwrap().sessions.len();
                assert!(live <= 3, "sessions never exceed what is desired");
                installation.control.session_connected(&grant.session_id, None).await.unwrap();
                installation.control.session_ended(&grant.session_id, EndReason::User).await;
                grant.instance_id
            });
        }
        let mut instances = BTreeSet::new();
        while let Some(user) = users.join_next().await {
            assert!(instances.insert(user.unwrap()), "an instance serves one session");
        }
        assert_eq!(instances.len(), 12);
    }
}

#[tokio::test]
async fn when_all_places_are_taken_a_user_waits_and_gives_up_in_the_end() {
    let installation =
        Installation::with(|config| config.admission_timeout = Duration::from_millis(200)).await;
    installation.running("ALWAYS_ON", 1).await;
    let first = installation.admit("ann").await.unwrap();
    let ticket = installation.ticket("bob", json!({})).await;
    let (sender, mut progress) = mpsc::channel(8);
    let refused = installation.control.admit(ticket.clone(), sender).await.unwrap_err();
    assert_eq!(refused.reason, RefusalReason::Capacity);
    assert_eq!(progress.recv().await, Some(Progress::Waiting));

    installation.control.session_ended(&first.session_id, EndReason::User).await;
    installation.until_count("f", "Available", 1).await;
    installation
        .control
        .admit(ticket, mpsc::channel(8).0)
        .await
        .expect("the ticket was not spent by the refusal");
}

#[tokio::test]
async fn an_instance_that_cannot_be_made_refuses_without_spending() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 1).await;
    installation.driver.fail_next(1);
    let ticket = installation.ticket("ann", json!({})).await;
    let refused = installation.control.admit(ticket.clone(), mpsc::channel(8).0).await.unwrap_err();
    assert_eq!(refused.reason, RefusalReason::InstanceFailed);
    let errors = installation.fleet("f").await["FleetErrors"].clone();
    assert_eq!(errors[0]["ErrorCode"], "FLEET_INSTANCE_PROVISIONING_FAILURE");
    installation.pass(2);
    installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
}

#[tokio::test]
async fn an_admission_that_is_given_up_asks_for_nothing() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 1).await;
    installation.driver.set_start_delay(Duration::from_millis(50));
    let ticket = installation.ticket("ann", json!({})).await;
    let admission = installation.control.admit(ticket.clone(), mpsc::channel(8).0);
    assert!(tokio::time::timeout(Duration::from_millis(20), admission).await.is_err());
    installation.until_nothing_runs().await;
    assert_eq!(installation.fleet("f").await["ComputeCapacityStatus"]["InUse"], 0);
    installation.control.admit(ticket, mpsc::channel(8).0).await.unwrap();
}

#[tokio::test]
async fn a_session_whose_instance_dies_is_over() {
    let installation = Installation::new().await;
    installation.running("ALWAYS_ON", 1).await;
    let grant = installation.admit("ann").await.unwrap();
    let mut ends = installation.control.session_ends();
    assert!(installation.driver.kill(&InstanceId::new(grant.instance_id).unwrap()));
    let end = tokio::time::timeout(Duration::from_secs(30), ends.recv()).await.unwrap().unwrap();
    assert_eq!(end, SessionEnd { session_id: grant.session_id, reason: EndReason::Instance });
    installation.pass(5);
    installation.until_count("f", "Available", 1).await;
}

#[tokio::test]
async fn stopping_a_fleet_ends_its_sessions_and_refuses_users() {
    let installation = Installation::new().await;
    installation.running("ON_DEMAND", 2).await;
    let grant = installation.admit("ann").await.unwrap();
    let late = installation.ticket("bob", json!({})).await;
    let mut ends = installation.control.session_ends();
    installation.ok("StopFleet", json!({"Name": "f"})).await;
    let end = tokio::time::timeout(Duration::from_secs(30), ends.recv()).await.unwrap().unwrap();
    assert_eq!(end, SessionEnd { session_id: grant.session_id, reason: EndReason::Owner });
    let refused = installation.control.admit(late, mpsc::channel(8).0).await.unwrap_err();
    assert_eq!(refused.reason, RefusalReason::FleetNotRunning);
    installation.until_state("f", "STOPPED").await;
    let sessions = installation.ok("DescribeSessions", PAIR()).await;
    assert_eq!(sessions["Sessions"][0]["State"], "EXPIRED");
}
