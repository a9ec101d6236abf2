use std::collections::BTreeMap;
use std::convert::Infallible;

use millrace_model::image::ImageState;
use millrace_model::{Image, Scope};

use super::{fleet, image, name, open, open_with_image, scope, tags};
use crate::{
    CreateFromImageError, DeleteImageError, ImageUnusable, RegisterError, Registered, ResourceKind,
    UpdateFleetError,
};

#[tokio::test]
async fn an_image_name_means_one_content() {
    let temporary = open().await;
    let store = &temporary.store;
    let icons =
        |names: &[&str]| names.iter().map(|name| (name.to_string(), name.as_bytes().to_vec())).collect();
    let one = image("sha256:1");
    // An icon that no application has is not kept.
    assert_eq!(store.register_image(&scope(), &one, &icons(&["1", "2"])).await.unwrap(), Registered::New);
    assert_eq!(store.icon("1").await.unwrap(), Some(b"1".to_vec()));
    assert_eq!(store.icon("2").await.unwrap(), None);
    assert_eq!(store.register_image(&scope(), &one, &icons(&[])).await.unwrap(), Registered::Renewed);
    assert!(store.icon("1").await.unwrap().is_some());
    let other = store.register_image(&scope(), &image("sha256:2"), &icons(&[])).await;
    assert!(matches!(other, Err(RegisterError::NameTaken)));
    assert_eq!(store.image(&scope(), &name("image")).await.unwrap().unwrap(), image("sha256:1"));
}

#[tokio::test]
async fn an_image_that_a_fleet_uses_stays() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    store.create_fleet(&scope(), &fleet("f"), &tags(0), 10).await.unwrap();
    let refused = store.delete_image(&scope(), &name("image")).await;
    assert!(matches!(refused, Err(DeleteImageError::UsedByFleet(fleet)) if fleet == name("f")));
    assert_eq!(store.image(&scope(), &name("image")).await.unwrap().unwrap().state, ImageState::Available);
    store.delete_fleet(&scope(), &name("f")).await.unwrap();
    store.delete_image(&scope(), &name("image")).await.unwrap();
    assert!(matches!(store.delete_image(&scope(), &name("none")).await, Err(DeleteImageError::NotFound)));
}

#[tokio::test]
async fn a_deleted_image_is_of_no_use_and_then_gone() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    let image_tags = |tags: &millrace_model::TagSet| tags.with([("a".to_owned(), String::new())].into());
    store.change_tags(&scope(), ResourceKind::Image, &name("image"), image_tags).await.unwrap();
    let other = Image { name: name("other"), ..image("sha256:1") };
    store.register_image(&scope(), &other, &BTreeMap::new()).await.unwrap();
    let mut uses_other = fleet("g");
    uses_other.settings.image.as_mut().unwrap().name = name("other");
    store.create_fleet(&scope(), &uses_other, &tags(0), 10).await.unwrap();

    for _ in 0..2 {
        let deleted = store.delete_image(&scope(), &name("image")).await.unwrap();
        assert_eq!(deleted.state, ImageState::Deleting);
    }
    let unusable = ImageUnusable::State(ImageState::Deleting);
    let created = store.create_fleet(&scope(), &fleet("f"), &tags(0), 10).await;
    assert!(matches!(created, Err(CreateFromImageError::Image(reason)) if reason == unusable));
    let reference = fleet("f").settings.image;
    let updated = store
        .update_fleet(&scope(), &name("g"), reference.as_ref(), |record| {
            Ok::<_, Infallible>(record.fleet.clone())
        })
        .await;
    assert!(matches!(updated, Err(UpdateFleetError::Image(reason)) if reason == unusable));
    let registered = store.register_image(&scope(), &image("sha256:1"), &BTreeMap::new()).await;
    assert!(matches!(registered, Err(RegisterError::BeingDeleted)));

    let left = store.images_being_deleted().await.unwrap();
    assert_eq!(left.iter().map(|image| image.name.as_str()).collect::<Vec<_>>(), ["image"]);
    assert!(store.is_content_wanted("sha256:1").await.unwrap(), "by the image of the other name");
    assert!(!store.forget_image(&scope(), &name("other")).await.unwrap(), "it is not being deleted");
    assert!(store.forget_image(&scope(), &name("image")).await.unwrap());
    assert_eq!(store.image(&scope(), &name("image")).await.unwrap(), None);

    store.register_image(&scope(), &image("sha256:1"), &BTreeMap::new()).await.unwrap();
    let found = store.tags(&scope(), ResourceKind::Image, &name("image")).await.unwrap().unwrap();
    assert_eq!(found, tags(0), "tags do not outlive their image");
}

#[tokio::test]
async fn content_is_wanted_by_any_account() {
    let temporary = open_with_image().await;
    let store = &temporary.store;
    let elsewhere = Scope { account: millrace_model::AccountId::new("999999999999").unwrap(), ..scope() };
    store.register_image(&elsewhere, &image("sha256:1"), &BTreeMap::new()).await.unwrap();
    store.delete_image(&scope(), &name("image")).await.unwrap();
    assert!(store.is_content_wanted("sha256:1").await.unwrap());
    store.delete_image(&elsewhere, &name("image")).await.unwrap();
    assert!(!store.is_content_wanted("sha256:1").await.unwrap());
    assert_eq!(store.images_being_deleted().await.unwrap().len(), 2);
}
