//! An application more for an image that is there.

use millrace_stream::assistant::CatalogueEntry;
use serde_json::json;

use super::check::fleet;
use super::harness::{Installation, REGION, image};
use crate::{AddApplicationError, NewImage};

fn entry(name: &str) -> CatalogueEntry {
    CatalogueEntry {
        name: name.to_owned(),
        absolute_app_path: "/usr/bin/blue".to_owned(),
        ..CatalogueEntry::default()
    }
}

async fn names(installation: &Installation) -> Vec<String> {
    let images = installation.ok("DescribeImages", json!({"Names": ["image"]})).await;
    let applications = images["Images"][0]["Applications"].as_array().unwrap().clone();
    applications.iter().map(|application| application["Name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_name_moves_to_the_new_content_and_the_old_goes() {
    let installation = Installation::new().await;
    let control = &installation.control;
    let added = control.add_application(None, Some(REGION), "image", entry("blue"), false).await.unwrap();
    assert_eq!(added[0].digest, "sha256:changed");
    assert_eq!(names(&installation).await, ["blue"]);
    assert_eq!(installation.images.removed(), ["sha256:1"]);
}

#[tokio::test]
async fn what_another_image_has_stays() {
    let installation = Installation::new().await;
    let same = NewImage { name: "same".to_owned(), ..image() };
    installation.control.register_image(None, Some(REGION), &same).await.unwrap();
    installation.control.add_application(None, Some(REGION), "image", entry("blue"), false).await.unwrap();
    assert!(installation.images.removed().is_empty());
}

#[tokio::test]
async fn an_image_in_use_stays_what_it_is() {
    let installation = Installation::new().await;
    let before = names(&installation).await;
    installation.ok("CreateFleet", fleet(json!({}))).await;
    let used = installation.control.add_application(None, Some(REGION), "image", entry("blue"), false).await;
    let error = used.unwrap_err().to_string();
    assert_eq!(error, "the image image cannot be changed: the fleet f uses it");
    assert_eq!(names(&installation).await, before);
    assert_eq!(installation.images.removed(), ["sha256:changed"], "what was made for nothing");
}

#[tokio::test]
async fn what_cannot_be() {
    let installation = Installation::new().await;
    let add = async |image: &str, entry| {
        installation.control.add_application(None, Some(REGION), image, entry, false).await.unwrap_err()
    };
    assert!(matches!(add("none", entry("blue")).await, AddApplicationError::NoSuchImage(_)));
    assert!(matches!(add("-", entry("blue")).await, AddApplicationError::Place(_)));
    assert!(matches!(add("image", entry("a b")).await, AddApplicationError::Application(_)));
    let relative = CatalogueEntry { absolute_app_path: "blue".to_owned(), ..entry("blue") };
    assert!(matches!(add("image", relative).await, AddApplicationError::Application(_)));
    assert!(installation.images.removed().is_empty());
}
