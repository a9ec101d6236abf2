use std::convert::Infallible;

use millrace_model::fleet::{DeleteRefusal, FleetError, FleetErrorCode};
use millrace_model::instance::InstanceState;
use millrace_model::tags::TagRefusal;
use millrace_model::{AccountId, Instance, InstanceId, Scope};

use super::{NOW, fleet, key, name, open, open_with_image, running, scope, settings, stack, tags};
use crate::{
    AssociateError, ChangeError, CreateError, CreateFromImageError, DeleteFleetError, DeleteStackError,
    DisassociateError, PageToken, ResourceKind, Store,
};

#[tokio::test]
async fn what_is_written_is_read_by_its_own_scope_and_after_a_restart() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    store.create_fleet(&scope(), &fleet("f"), &tags(3), 10).await.unwrap();
    store.create_stack(&scope(), &stack("s"), &tags(2), 10).await.unwrap();
    store.close().await;

    let store = Store::open(&temporary.directory.path().join("millrace.db")).await.unwrap();
    assert_eq!(store.fleet(&scope(), &name("f")).await.unwrap().unwrap().fleet, fleet("f"));
    assert_eq!(store.stack(&scope(), &name("s")).await.unwrap().unwrap(), stack("s"));
    assert_eq!(store.tags(&scope(), ResourceKind::Fleet, &name("f")).await.unwrap().unwrap(), tags(3));
    let other = Scope { account: AccountId::new("999999999999").unwrap(), region: scope().region };
    assert!(store.fleet(&other, &name("f")).await.unwrap().is_none());
    assert!(store.tags(&other, ResourceKind::Fleet, &name("f")).await.unwrap().is_none());
}

#[tokio::test]
async fn names_and_limits() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    store.create_fleet(&scope(), &fleet("f"), &tags(0), 1).await.unwrap();
    let again = store.create_fleet(&scope(), &fleet("f"), &tags(0), 1).await;
    assert!(matches!(again, Err(CreateFromImageError::Create(CreateError::AlreadyExists))));
    let more = store.create_fleet(&scope(), &fleet("g"), &tags(0), 1).await;
    assert!(matches!(more, Err(CreateFromImageError::Create(CreateError::LimitReached))));
}

#[tokio::test]
async fn a_failing_tag_leaves_no_resource() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    let mut tx = store.write().await.unwrap();
    sqlx::query(
        "CREATE TRIGGER fail BEFORE INSERT ON tags WHEN NEW.key = 'k2' BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();

    assert!(matches!(
        store.create_fleet(&scope(), &fleet("f"), &tags(3), 10).await,
        Err(CreateFromImageError::Create(CreateError::Store(_)))
    ));
    assert!(matches!(
        store.create_stack(&scope(), &stack("s"), &tags(3), 10).await,
        Err(CreateError::Store(_))
    ));
    assert!(store.fleet(&scope(), &name("f")).await.unwrap().is_none());
    assert!(store.stack(&scope(), &name("s")).await.unwrap().is_none());
    store.create_fleet(&scope(), &fleet("f"), &tags(2), 10).await.unwrap();
    let kept = store.tags(&scope(), ResourceKind::Fleet, &name("f")).await.unwrap().unwrap();
    assert_eq!(kept, tags(2), "none of those that were rolled back");
}

#[tokio::test]
async fn tags_vanish_with_their_resource() {
    let temporary = open().await;
    let store = &temporary.store;
    store.create_stack(&scope(), &stack("s"), &tags(5), 10).await.unwrap();
    store.delete_stack(&scope(), &name("s")).await.unwrap();
    assert!(matches!(store.delete_stack(&scope(), &name("s")).await, Err(DeleteStackError::NotFound)));
    store.create_stack(&scope(), &stack("s"), &tags(0), 10).await.unwrap();
    assert_eq!(store.tags(&scope(), ResourceKind::Stack, &name("s")).await.unwrap().unwrap(), tags(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_changes_lose_nothing() {
    let temporary = open().await;
    let store = temporary.store.clone();
    store.create_stack(&scope(), &stack("s"), &tags(0), 10).await.unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = store.clone();
        writers.spawn(async move {
            for _ in 0..50 {
                store
                    .change_stack(&scope(), &name("s"), |stack| {
                        let mut stack = stack.clone();
                        let count: u32 =
                            stack.settings.description.as_deref().unwrap_or("0").parse().unwrap();
                        stack.settings.description = Some((count + 1).to_string());
                        Ok::<_, Infallible>(stack)
                    })
                    .await
                    .unwrap();
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.unwrap();
    }
    let stack = store.stack(&scope(), &name("s")).await.unwrap().unwrap();
    assert_eq!(stack.settings.description.as_deref(), Some("800"));
}

#[tokio::test]
async fn tags_are_changed_as_a_whole() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    store.create_fleet(&scope(), &fleet("f"), &tags(49), 10).await.unwrap();
    let (kind, f) = (ResourceKind::Fleet, name("f"));
    let more = [("x".to_owned(), String::new()), ("y".to_owned(), String::new())].into();
    let refused = store.change_tags(&scope(), kind, &f, |tags| tags.with(more)).await;
    assert!(matches!(refused, Err(ChangeError::Refused(TagRefusal::TooMany))));
    assert_eq!(store.tags(&scope(), kind, &f).await.unwrap().unwrap(), tags(49));
    let without = |tags: &millrace_model::TagSet| Ok::<_, Infallible>(tags.without(["k0", "k48"]));
    store.change_tags(&scope(), kind, &f, without).await.unwrap();
    assert_eq!(store.tags(&scope(), kind, &f).await.unwrap().unwrap().as_map().len(), 47);
    let absent = store.change_tags(&scope(), kind, &name("g"), without).await;
    assert!(matches!(absent, Err(ChangeError::NotFound)));
}

#[tokio::test]
async fn lists_are_paged_by_name() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    for number in 0..5 {
        store.create_fleet(&scope(), &fleet(&format!("f{number}")), &tags(0), 10).await.unwrap();
    }
    let mut token: Option<PageToken> = None;
    let mut seen = Vec::new();
    loop {
        let page = store.fleets(&scope(), token.as_ref(), 2).await.unwrap();
        seen.extend(page.items.into_iter().map(|record| record.fleet.name.to_string()));
        let Some(next) = page.next else { break };
        token = Some(PageToken::decode(Store::FLEETS, &next.encode()).unwrap());
    }
    assert_eq!(seen, ["f0", "f1", "f2", "f3", "f4"]);
}

#[tokio::test]
async fn associations_hold_what_they_join() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    let (f, g, s) = (name("f"), name("g"), name("s"));
    store.create_fleet(&scope(), &fleet("f"), &tags(0), 10).await.unwrap();
    assert!(matches!(store.associate(&scope(), &f, &s).await, Err(AssociateError::StackNotFound)));
    store.create_stack(&scope(), &stack("s"), &tags(0), 10).await.unwrap();
    assert!(matches!(store.associate(&scope(), &g, &s).await, Err(AssociateError::FleetNotFound)));
    store.create_fleet(&scope(), &fleet("g"), &tags(0), 10).await.unwrap();
    store.associate(&scope(), &f, &s).await.unwrap();
    store.associate(&scope(), &f, &s).await.unwrap();
    assert!(matches!(store.associate(&scope(), &g, &s).await, Err(AssociateError::AnotherFleet)));
    let deleted = store.delete_fleet(&scope(), &f).await;
    assert!(matches!(deleted, Err(DeleteFleetError::Refused(DeleteRefusal::Associated))));
    assert!(matches!(store.delete_stack(&scope(), &s).await, Err(DeleteStackError::Associated)));
    assert_eq!(store.stacks_of_fleet(&scope(), &f, None, 9).await.unwrap().items, std::slice::from_ref(&s));
    assert!(matches!(store.disassociate(&scope(), &g, &s).await, Err(DisassociateError::NotAssociated)));
    store.disassociate(&scope(), &f, &s).await.unwrap();
    store.delete_fleet(&scope(), &f).await.unwrap();
    store.delete_stack(&scope(), &s).await.unwrap();
}

#[tokio::test]
async fn instances_change_over_their_own_generation_only() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 1).await;
    let id = InstanceId::new("i-0").unwrap();
    let idle = store.instance(&id).await.unwrap().unwrap();
    let retiring = idle.retire();
    assert!(store.write_instance(&retiring).await.unwrap());
    assert!(!store.write_instance(&retiring).await.unwrap(), "decided on what is not there any more");
    assert!(!store.instance_ready(&id).await.unwrap());
    let counts = store.fleet(&scope(), &name("f")).await.unwrap().unwrap().counts;
    assert_eq!((counts.idle, counts.retiring), (0, 1));
    assert!(store.drop_instance(&id).await.unwrap());
    assert_eq!(store.instance(&id).await.unwrap(), None);

    let orphan = Instance::new(id, key("gone"), "sha256:1".to_owned(), NOW);
    assert_eq!(store.record_instances(vec![orphan]).await.unwrap(), [], "its fleet is gone");
}

#[tokio::test]
async fn failures_are_remembered_until_an_instance_is_ready() {
    let temporary = open().await;
    let store = &temporary.store;
    running(store, 0).await;
    let made =
        |text: &str| Instance::new(InstanceId::new(text).unwrap(), key("f"), "sha256:1".to_owned(), NOW);
    store.record_instances(vec![made("a"), made("b")]).await.unwrap();
    let error = FleetError { code: FleetErrorCode::ProvisioningFailure, message: "no room".to_owned() };
    assert!(store.instance_failed(&made("a").id, error.clone(), NOW).await.unwrap());
    let fleet = store.fleet(&scope(), &name("f")).await.unwrap().unwrap().fleet;
    assert_eq!((fleet.health.failures, fleet.health.errors), (1, vec![error.clone()]));
    assert_eq!(store.instance(&made("a").id).await.unwrap().unwrap().state, InstanceState::Retiring);
    assert!(store.instance_ready(&made("b").id).await.unwrap());
    let fleet = store.fleet(&scope(), &name("f")).await.unwrap().unwrap().fleet;
    assert_eq!(fleet.health.errors, [error], "b was begun beside a");
    let later = Instance { created_at: NOW.plus_seconds(2), ..made("c") };
    store.record_instances(vec![later]).await.unwrap();
    assert!(store.instance_ready(&made("c").id).await.unwrap());
    let fleet = store.fleet(&scope(), &name("f")).await.unwrap().unwrap().fleet;
    assert_eq!((fleet.health.failures, fleet.health.errors), (1, vec![]));
    store
        .change_fleet(&scope(), &name("f"), |record| Ok::<_, Infallible>(record.fleet.stop()))
        .await
        .unwrap();
    assert_eq!(
        store.record_instances(vec![made("d")]).await.unwrap(),
        [],
        "the fleet should not run any more"
    );
    assert_eq!(fleet.settings, settings(millrace_model::fleet::FleetKind::AlwaysOn, 8));
}
