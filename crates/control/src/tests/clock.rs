//! A clock that jumps: nobody's session ends because of it, nothing is kept for ever, and what was spent stays spent.

use serde_json::json;

use super::harness::Installation;

const DAY: i64 = 24 * 3600;

async fn states(installation: &Installation) -> Vec<String> {
    let sessions = installation.ok("DescribeSessions", json!({"FleetName": "f", "StackName": "s"})).await;
    let sessions = sessions["Sessions"].as_array().unwrap().clone();
    sessions.iter().map(|session| session["State"].as_str().unwrap().to_owned()).collect()
}

/// The reconciler has noticed that the clock was set by so many seconds in all.
async fn noticed(installation: &Installation, seconds: i64) {
    installation
        .until("the jump to be noticed", async || {
            (installation.control.clock().set_by() / 1000 == seconds).then_some(())
        })
        .await;
}

#[tokio::test]
async fn sessions_live_on_when_the_clock_is_set() {
    for jump in [DAY, -DAY] {
        let installation = Installation::new().await;
        installation.running("ALWAYS_ON", 2).await;
        let viewed = installation.admit("viewed").await.unwrap();
        installation.control.session_connected(&viewed.session_id, None).await.unwrap();
        let left = installation.admit("left").await.unwrap();
        installation.control.session_connected(&left.session_id, None).await.unwrap();
        installation.control.session_disconnected(&left.session_id).await;
        installation.pass(60);
        installation.set_clock(jump);
        noticed(&installation, jump).await;
        assert_eq!(states(&installation).await, ["ACTIVE", "ACTIVE"], "set by {jump} s");

        // And times are up after the time that they were meant to take.
        installation.pass(14 * 60);
        installation
            .until("the one who left to lose the session", async || {
                let live = states(&installation).await.into_iter().filter(|state| state == "ACTIVE").count();
                (live == 1).then_some(())
            })
            .await;
        assert!(installation.control.session_is_live(&viewed.session_id).await);
    }
}

#[tokio::test]
async fn a_ticket_that_was_spent_stays_spent_whatever_the_clock_says() {
    let installation = Installation::new().await;
    installation.running("ALWAYS_ON", 2).await;
    let ticket = installation.ticket("ann", json!({"Validity": 600})).await;
    let admit = async || installation.control.admit(ticket.clone(), tokio::sync::mpsc::channel(8).0).await;
    admit().await.unwrap();
    installation.set_clock(DAY);
    noticed(&installation, DAY).await;
    // Long enough for everything that is to be forgotten.
    installation.pass(120);
    installation.set_clock(-DAY);
    noticed(&installation, 0).await;
    let again = admit().await.unwrap_err();
    assert_eq!(again.reason, millrace_stream::admission::RefusalReason::Spent);
}

#[tokio::test]
async fn a_fleet_in_trouble_tries_again_when_the_clock_is_set_back() {
    let installation = Installation::new().await;
    installation.driver.fail_next(1);
    installation.create_fleet("f", "ALWAYS_ON", 1).await;
    installation.ok("StartFleet", json!({"Name": "f"})).await;
    installation
        .until("its error", async || {
            (!installation.fleet("f").await["FleetErrors"].as_array().is_none_or(Vec::is_empty)).then_some(())
        })
        .await;
    installation.set_clock(-DAY);
    installation.until_state("f", "RUNNING").await;
}

#[tokio::test]
async fn a_request_signed_by_another_clock_is_told_so() {
    let installation = Installation::new().await;
    for (jump, says) in [(DAY, "Signature expired"), (-DAY, "Signature not yet current")] {
        let signed_at = installation.clock_seconds();
        installation.set_clock(jump);
        let (code, message) =
            installation.call_signed_at(signed_at, "DescribeStacks", json!({})).await.unwrap_err();
        assert_eq!(code, "InvalidSignatureException");
        assert!(message.contains(says), "{message}");
        installation.ok("DescribeStacks", json!({})).await;
    }
}
