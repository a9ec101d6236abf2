//! A whole life of stack, fleet and streaming URL through `aws-sdk-appstream`.

#![expect(clippy::unwrap_used, reason = "here an unwrap is the assertion")]

mod server;

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_appstream::Client;
use aws_sdk_appstream::client::Waiters;
use aws_sdk_appstream::error::ProvideErrorMetadata;
use aws_sdk_appstream::operation::RequestId;
use aws_sdk_appstream::types::{ComputeCapacity, FleetState, FleetType, StackAttribute, StreamView};
use server::Server;

const WAIT: Duration = Duration::from_secs(60);
const NAME: &str = "rust-sdk";
const IMAGE: &str = "tiny";

fn tags(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

async fn tags_of(client: &Client, arn: &str) -> HashMap<String, String> {
    client.list_tags_for_resource().resource_arn(arn).send().await.unwrap().tags.unwrap()
}

#[tokio::test]
async fn a_whole_life() {
    let server = Server::start().await;
    server.import_image(IMAGE).await;
    let client = server.client();
    create(&client).await;
    run(&client).await;
    update(&client).await;
    page(&client).await;
    delete(&client).await;
    server.stop().await;
}

async fn create(client: &Client) {
    // An operation without input sends an empty indefinite map.
    assert_eq!(client.describe_stacks().send().await.unwrap().stacks(), []);
    let image = client.describe_images().names(IMAGE).send().await.unwrap();
    assert_eq!(image.images()[0].name(), Some(IMAGE));

    let given = tags(&[("team", "apps"), ("empty", "")]);
    let created = client
        .create_stack()
        .name(NAME)
        .display_name("Büro")
        .set_tags(Some(given.clone()))
        .send()
        .await
        .unwrap();
    let stack = created.stack().unwrap();
    assert_eq!(stack.display_name(), Some("Büro"));
    assert!(stack.created_time().unwrap().secs() > 1_700_000_000);
    assert_eq!(tags_of(client, stack.arn().unwrap()).await, given);

    let created = client
        .create_fleet()
        .name(NAME)
        .image_name(IMAGE)
        .instance_type("stream.standard.medium")
        .fleet_type(FleetType::AlwaysOn)
        .compute_capacity(ComputeCapacity::builder().desired_instances(1).build())
        .idle_disconnect_timeout_in_seconds(90)
        .tags("team", "apps")
        .send()
        .await
        .unwrap();
    let fleet = created.fleet().unwrap();
    assert_eq!(fleet.state(), Some(&FleetState::Stopped));
    assert_eq!(fleet.idle_disconnect_timeout_in_seconds(), Some(120));
    let arn = fleet.arn().unwrap();
    client.tag_resource().resource_arn(arn).tags("stage", "test").send().await.unwrap();
    client.untag_resource().resource_arn(arn).tag_keys("team").send().await.unwrap();
    assert_eq!(tags_of(client, arn).await, tags(&[("stage", "test")]));
}

async fn run(client: &Client) {
    client.associate_fleet().fleet_name(NAME).stack_name(NAME).send().await.unwrap();
    client.start_fleet().name(NAME).send().await.unwrap();
    wait_for(client, &FleetState::Running).await;
    client.wait_until_fleet_started().names(NAME).wait(WAIT).await.unwrap();

    let url = client
        .create_streaming_url()
        .stack_name(NAME)
        .fleet_name(NAME)
        .user_id("ann")
        .validity(300)
        .send()
        .await
        .unwrap();
    assert!(url.streaming_url().unwrap().contains("/authenticate?parameters="));
    assert!(url.expires().unwrap().secs() > 1_700_000_000);
    let sessions = client.describe_sessions().stack_name(NAME).fleet_name(NAME).send().await.unwrap();
    assert!(sessions.sessions().is_empty());

    let all = client.describe_fleets().send().await.unwrap();
    assert_eq!(all.fleets().iter().map(|fleet| fleet.name().unwrap()).collect::<Vec<_>>(), [NAME]);
    assert_eq!(all.next_token(), None);

    let refused = client.delete_stack().name(NAME).send().await.unwrap_err();
    assert!(refused.request_id().is_some());
    let refused = refused.into_service_error();
    assert!(refused.is_resource_in_use_exception(), "{refused:?}");
    assert!(refused.message().unwrap().contains("Cannot delete stack"));

    let not_built = client.describe_users().authentication_type("USERPOOL".into()).send().await.unwrap_err();
    assert!(not_built.into_service_error().is_operation_not_permitted_exception());
}

/// What a running fleet takes, and what it does not.
async fn update(client: &Client) {
    let capacity = ComputeCapacity::builder().desired_instances(2).build();
    let updated = client.update_fleet().name(NAME).display_name("Büro").compute_capacity(capacity).send();
    let updated = updated.await.unwrap().fleet.unwrap();
    assert_eq!(updated.display_name(), Some("Büro"));
    assert_eq!(updated.compute_capacity_status().unwrap().desired(), Some(2));
    let refused = client.update_fleet().name(NAME).stream_view(StreamView::Desktop).send().await.unwrap_err();
    assert!(refused.into_service_error().is_resource_in_use_exception());

    let url = "https://example.org/bye";
    let updated = client.update_stack().name(NAME).redirect_url(url).send().await.unwrap();
    assert_eq!(updated.stack().unwrap().redirect_url(), Some(url));
    let attributes = [StackAttribute::RedirectUrl, StackAttribute::ThemeName];
    let updated = client.update_stack().name(NAME).set_attributes_to_delete(Some(attributes.into()));
    assert_eq!(updated.send().await.unwrap().stack().unwrap().redirect_url(), None);

    let stacks = client.list_associated_stacks().fleet_name(NAME).send().await.unwrap();
    assert_eq!(stacks.names(), [NAME]);
    let refused = client.delete_image().name(IMAGE).send().await.unwrap_err();
    assert!(refused.into_service_error().is_resource_in_use_exception());
}

/// The SDK's own paginator, and tokens by hand where it has none.
async fn page(client: &Client) {
    let pages = client.describe_images().into_paginator().page_size(1).send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let images: Vec<_> =
        pages.iter().flat_map(|page| page.images()).map(|image| image.name().unwrap()).collect();
    assert_eq!(images, [IMAGE]);

    let names: Vec<_> = (0..55).map(|number| format!("page-{number:02}")).collect();
    for name in &names {
        client.create_stack().name(name).send().await.unwrap();
    }
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = client.describe_stacks().set_next_token(token).send().await.unwrap();
        listed.extend(page.stacks().iter().map(|stack| stack.name().unwrap().to_owned()));
        pages += 1;
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert!(pages > 1);
    listed.retain(|name| name != NAME);
    assert_eq!(listed, names);
    for name in &names {
        client.delete_stack().name(name).send().await.unwrap();
    }
}

async fn delete(client: &Client) {
    client.stop_fleet().name(NAME).send().await.unwrap();
    wait_for(client, &FleetState::Stopped).await;
    client.wait_until_fleet_stopped().names(NAME).wait(WAIT).await.unwrap();
    client.disassociate_fleet().fleet_name(NAME).stack_name(NAME).send().await.unwrap();
    client.delete_fleet().name(NAME).send().await.unwrap();
    client.delete_stack().name(NAME).send().await.unwrap();
    let gone = client.delete_stack().name(NAME).send().await.unwrap_err().into_service_error();
    assert!(gone.is_resource_not_found_exception(), "{gone:?}");
    assert_eq!(gone.code(), Some("ResourceNotFoundException"));
}

/// The SDK's own waiters look every 30 s; they return at their first look once this has returned.
async fn wait_for(client: &Client, state: &FleetState) {
    let looking = async {
        loop {
            let fleets = client.describe_fleets().names(NAME).send().await.unwrap();
            if fleets.fleets()[0].state() == Some(state) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(WAIT, looking)
        .await
        .unwrap_or_else(|_| panic!("the fleet is not {state:?} in time"));
}
