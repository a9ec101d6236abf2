//! CreateExportImageTask, GetExportImageTask, ListExportImageTasks, and what becomes of the tasks.

use millrace_driver::images::ImportError;
use serde_json::{Value, json};

use super::check::Expect::{Error, Ok as Done};
use super::check::check;
use super::harness::{ACCOUNT, Installation, STRANGER};

const ROLE: &str = "arn:aws:iam::123456789012:role/exports";
const NO_TASK: &str = "01234567-89ab-cdef-0123-456789abcdef";

fn export(name: &str) -> Value {
    json!({"ImageName": "image", "AmiName": name, "IamRoleArn": ROLE})
}

async fn created(installation: &Installation, input: Value) -> Value {
    installation.ok("CreateExportImageTask", input).await["ExportImageTask"].clone()
}

async fn until(installation: &Installation, task: &Value, state: &str) -> Value {
    let id = json!({"TaskId": task["TaskId"]});
    installation
        .until("the task's end", async || {
            let found = installation.ok("GetExportImageTask", id.clone()).await["ExportImageTask"].clone();
            (found["State"] == state).then_some(found)
        })
        .await
}

#[tokio::test]
async fn an_export_completes() {
    let installation = Installation::new().await;
    let input = json!({"ImageName": "image", "AmiName": "my/archive(1)", "IamRoleArn": ROLE,
        "AmiDescription": "D", "TagSpecifications": {"Team": "Blue"}});
    let closed = installation.images.gate.close().await;
    let task = created(&installation, input).await;
    assert_eq!(task["State"], "EXPORTING");
    assert_eq!(task["AmiId"], Value::Null, "there is none yet");
    // While it is exported the image stays.
    let refused = installation.call("DeleteImage", json!({"Name": "image"})).await.unwrap_err();
    assert_eq!(refused.0, "ResourceInUseException");
    assert!(refused.1.contains(task["TaskId"].as_str().unwrap()), "{refused:?}");
    drop(closed);
    let done = until(&installation, &task, "COMPLETED").await;
    let ami = done["AmiId"].as_str().unwrap();
    assert!(ami.strip_prefix("ami-").is_some_and(|digits| digits.len() == 17), "{ami}");
    for (member, value) in [
        ("AmiName", json!("my/archive(1)")),
        ("AmiDescription", json!("D")),
        ("TagSpecifications", json!({"Team": "Blue"})),
        ("ImageArn", json!(format!("arn:aws:appstream:eu-central-1:{ACCOUNT}:image/image"))),
        ("ErrorDetails", Value::Null),
    ] {
        assert_eq!(done[member], value, "{member}");
    }
    let objects = installation.images.objects.lock().unwrap().clone();
    assert_eq!(
        objects.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [format!("images/eu-central-1/{ami}.tar")]
    );
    installation.ok("DeleteImage", json!({"Name": "image"})).await;
    // It is the account's own.
    let id = json!({"TaskId": task["TaskId"]});
    let strange =
        installation.call_as(STRANGER, millrace_wire::Protocol::Cbor, "GetExportImageTask", id).await;
    assert_eq!(strange.unwrap_err().0, "ResourceNotFoundException");
}

#[tokio::test]
async fn what_fails_says_why() {
    let installation = Installation::new().await;
    for (error, state, code) in [
        (ImportError::OverLimit("no room".to_owned()), "FAILED", "StorageFull"),
        (ImportError::TimedOut, "TIMED_OUT", "TimedOut"),
        (ImportError::Refused("/secret/path".to_owned()), "FAILED", "InternalError"),
    ] {
        installation.images.failures.lock().unwrap().push(error);
        let task = created(&installation, export("archive")).await;
        let done = until(&installation, &task, state).await;
        assert_eq!(done["ErrorDetails"][0]["ErrorCode"], code);
        let message = done["ErrorDetails"][0]["ErrorMessage"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains("/secret"), "{message}");
        assert_eq!(done["AmiId"], Value::Null);
    }
    // The name is free again.
    let task = created(&installation, export("archive")).await;
    until(&installation, &task, "COMPLETED").await;
}

#[tokio::test]
async fn a_task_goes_on_after_a_kill() {
    let installation = Installation::new().await;
    let closed = installation.images.gate.close().await;
    let task = created(&installation, export("archive")).await;
    let images = installation.images.clone();
    drop(closed);
    let again = images.gate.close().await;
    let installation = installation.restart(true).await;
    drop(again);
    until(&installation, &task, "COMPLETED").await;
}

#[tokio::test]
async fn requests_are_checked() {
    let installation = Installation::new().await;
    let with = |member: &str, value: &str| {
        let mut input = export("archive");
        input[member] = json!(value);
        input
    };
    check(
        &installation,
        vec![
            (
                "CreateExportImageTask",
                with("ImageName", "none"),
                Error("ResourceNotFoundException", "The image none for account"),
            ),
            (
                "CreateExportImageTask",
                with("IamRoleArn", "arn:aws:iam::999999999999:role/x"),
                Error("InvalidRoleException", "999999999999"),
            ),
            (
                "CreateExportImageTask",
                with("IamRoleArn", "arn:aws:iam::123456789012:user/x"),
                Error("InvalidRoleException", "is invalid"),
            ),
            ("CreateExportImageTask", with("AmiName", "ab"), Error("ValidationException", "amiName")),
            ("CreateExportImageTask", with("AmiName", "a b c"), Error("ValidationException", "amiName")),
            (
                "CreateExportImageTask",
                with("AmiDescription", &"d".repeat(257)),
                Error("ValidationException", "amiDescription"),
            ),
            ("GetExportImageTask", json!({"TaskId": NO_TASK}), Error("ResourceNotFoundException", NO_TASK)),
            ("GetExportImageTask", json!({}), Error("ResourceNotFoundException", "")),
            ("GetExportImageTask", json!({"TaskId": "x"}), Error("ValidationException", "taskId")),
            ("ListExportImageTasks", json!({}), Done(json!({"ExportImageTasks": []}))),
            (
                "ListExportImageTasks",
                json!({"NextToken": "x"}),
                Error("InvalidParameterValueException", "NextToken"),
            ),
        ],
    )
    .await;
    for bad in [0, 501, -1] {
        let listed = installation.call_both("ListExportImageTasks", &json!({"MaxResults": bad})).await;
        assert!(listed.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn lists_are_paged_filtered_and_bounded() {
    let installation = Installation::new().await;
    let closed = installation.images.gate.close().await;
    let mut ids = Vec::new();
    for number in 0..20 {
        installation.pass(1);
        ids.push(created(&installation, export(&format!("archive-{number}"))).await["TaskId"].clone());
    }
    let over = installation.call("CreateExportImageTask", export("archive-20")).await.unwrap_err();
    assert_eq!(over.0, "LimitExceededException");
    ids.reverse();
    let mut found = Vec::new();
    let mut input = json!({"MaxResults": 7});
    loop {
        let page = installation.call_both("ListExportImageTasks", &input).await.unwrap();
        found.extend(page["ExportImageTasks"].as_array().unwrap().iter().map(|task| task["TaskId"].clone()));
        let Some(next) = page.get("NextToken") else { break };
        input["NextToken"] = next.clone();
    }
    assert_eq!(found, ids, "the newest first");
    drop(closed);
    for id in &ids {
        until(&installation, &json!({"TaskId": id}), "COMPLETED").await;
    }
    let taken = installation.call("CreateExportImageTask", export("archive-3")).await.unwrap_err();
    assert_eq!(taken.0, "OperationNotPermittedException");
    for (name, value, count) in [
        ("AmiName", "archive-3", 1),
        ("State", "COMPLETED", 20),
        ("State", "FAILED", 0),
        ("ImageName", "image", 20),
    ] {
        let filter = json!({"Filters": [{"Name": name, "Values": ["nothing", value]}]});
        let page = installation.call_both("ListExportImageTasks", &filter).await.unwrap();
        assert_eq!(page["ExportImageTasks"].as_array().unwrap().len(), count, "{name} {value}");
    }
    let unknown = json!({"Filters": [{"Name": "Colour", "Values": ["blue"]}]});
    let refused = installation.call_both("ListExportImageTasks", &unknown).await.unwrap_err();
    assert_eq!(refused.0, "InvalidParameterValueException");
}
