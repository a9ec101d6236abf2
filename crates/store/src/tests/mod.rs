//! The store on a temporary file, and what several users of it do at the same time.

mod admission;
mod group;
mod images;
mod resources;

use std::collections::BTreeMap;

use millrace_model::fleet::{Capacity, FleetKind, FleetSettings, StreamView};
use millrace_model::image::{Application, ImageDetails, ImageReference, ImageState, Platform};
use millrace_model::machine::MachineSettings;
use millrace_model::scope::FleetKey;
use millrace_model::stack::StackSettings;
use millrace_model::{
    AccountId, Fleet, Image, Instance, InstanceId, Name, Region, Scope, Stack, TagSet, Timestamp,
};
use tempfile::TempDir;

use crate::Store;

const NOW: Timestamp = Timestamp(1_000_000);

struct Temporary {
    store: Store,
    directory: TempDir,
}

async fn open() -> Temporary {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("millrace.db")).await.unwrap();
    Temporary { store, directory }
}

/// With the image that [`fleet`] wants.
async fn open_with_image() -> Temporary {
    let temporary = open().await;
    temporary.store.register_image(&scope(), &image("sha256:1"), &BTreeMap::new()).await.unwrap();
    temporary
}

fn scope() -> Scope {
    Scope { account: AccountId::new("123456789012").unwrap(), region: Region::new("eu-central-1").unwrap() }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn key(fleet: &str) -> FleetKey {
    FleetKey { scope: scope(), name: name(fleet) }
}

fn settings(kind: FleetKind, instances: u32) -> FleetSettings {
    FleetSettings {
        display_name: Some("Fleet".to_owned()),
        description: None,
        image: Some(ImageReference { owner: scope().account, name: name("image") }),
        machine: MachineSettings::of_type("stream.standard.small"),
        kind,
        capacity: Capacity::Instances(instances),
        max_user_duration_seconds: 57600,
        disconnect_timeout_seconds: 900,
        idle_disconnect_timeout_seconds: 0,
        view: StreamView::App,
        platform: None,
        usb_device_filters: None,
        session_script: None,
        max_sessions_per_instance: None,
    }
}

fn fleet(text: &str) -> Fleet {
    Fleet::new(name(text), settings(FleetKind::AlwaysOn, 8), NOW)
}

fn stack(text: &str) -> Stack {
    Stack { name: name(text), created_at: NOW, settings: StackSettings::default() }
}

fn image(digest: &str) -> Image {
    Image {
        name: name("image"),
        created_at: NOW,
        digest: digest.to_owned(),
        state: ImageState::Available,
        details: ImageDetails::of(Platform::UbuntuPro2404),
        applications: vec![Application {
            name: "editor".to_owned(),
            display_name: "Editor".to_owned(),
            argv: vec!["/usr/bin/editor".to_owned()],
            working_directory: None,
            icon: Some("1".to_owned()),
            icon_path: None,
            start_ahead: false,
        }],
    }
}

fn tags(count: usize) -> TagSet {
    let tags: BTreeMap<_, _> = (0..count).map(|number| (format!("k{number}"), String::new())).collect();
    TagSet::new(tags).unwrap()
}

/// A fleet `f` that runs with so many idle instances, on the stack `s`.
async fn running(store: &Store, idle: u32) {
    store.register_image(&scope(), &image("sha256:1"), &BTreeMap::new()).await.unwrap();
    store.create_stack(&scope(), &stack("s"), &tags(0), 10).await.unwrap();
    store.create_fleet(&scope(), &fleet("f"), &tags(0), 10).await.unwrap();
    store.associate(&scope(), &name("f"), &name("s")).await.unwrap();
    store
        .change_fleet(&scope(), &name("f"), |record| {
            record.fleet.start(0, NOW).map(|fleet| fleet.became_ready(NOW, NOW))
        })
        .await
        .unwrap();
    for number in 0..idle {
        let id = InstanceId::new(format!("i-{number}")).unwrap();
        let made = Instance::new(id.clone(), key("f"), "sha256:1".to_owned(), NOW);
        assert_eq!(store.record_instances(vec![made]).await.unwrap().len(), 1);
        assert!(store.instance_ready(&id).await.unwrap());
    }
}
