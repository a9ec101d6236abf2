use super::*;

fn digest(character: &str) -> ImageDigest {
    ImageDigest(format!("sha256:{}", character.repeat(64)))
}

/// An image as an import leaves it.
fn put(store: &ImageStore, character: &str, layers: &[&str]) -> ImageDigest {
    let digest = digest(character);
    let record = ImageRecord {
        digest: digest.clone(),
        architecture: "amd64".into(),
        created: String::new(),
        environment: Vec::new(),
        command: Vec::new(),
        working_directory: String::new(),
        labels: std::collections::BTreeMap::new(),
        user: ImageUser {
            uid: 1000,
            gid: 1000,
            groups: Vec::new(),
            name: "user".into(),
            home: "/home/user".into(),
        },
        applications: Vec::new(),
        layers: layers.iter().map(|layer| (*layer).to_owned()).collect(),
        config_user: None,
        history: Vec::new(),
        size_bytes: 0,
    };
    for layer in layers {
        fs::create_dir_all(store.layer_directory(layer).join("rootfs")).unwrap();
    }
    fs::write(store.record_path(&digest).unwrap(), serde_json::to_vec(&record).unwrap()).unwrap();
    digest
}

fn layers(store: &ImageStore) -> Vec<String> {
    let entries = fs::read_dir(store.directory.join("layers")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn the_runtime_image_stays_and_so_does_what_instances_use() {
    let directory = tempfile::tempdir().unwrap();
    let store = ImageStore::open(directory.path()).unwrap();
    let runtime = put(&store, "a", &["base", "runtime"]);
    let image = put(&store, "b", &["base", "image"]);
    store.pin(&store.lower_directories(&store.get(&runtime).unwrap()));
    let instance = InstanceId::new("one").unwrap();
    store.lease(&image, &instance).unwrap();
    assert!(matches!(store.remove(&runtime), Err(ImportError::Pinned(_))));
    assert!(matches!(store.remove(&image), Err(ImportError::InUse(_))));
    for digest in [&runtime, &image] {
        assert!(store.get(digest).is_ok());
    }
    store.release(&image, &instance).unwrap();
    store.remove(&image).unwrap();
    assert_eq!(layers(&store), ["base", "runtime"]);
    assert!(matches!(store.remove(&runtime), Err(ImportError::Pinned(_))));
    assert_eq!(fs::read_dir(store.directory.join("tmp")).unwrap().count(), 0);
}

#[test]
fn leases_of_instances_that_are_gone_go() {
    let directory = tempfile::tempdir().unwrap();
    let store = ImageStore::open(directory.path()).unwrap();
    let image = put(&store, "a", &["layer"]);
    let ids = ["one", "two"].map(|id| InstanceId::new(id).unwrap());
    for id in &ids {
        store.lease(&image, id).unwrap();
    }
    store.keep_leases(&[&ids[0]]).unwrap();
    assert!(matches!(store.remove(&image), Err(ImportError::InUse(_))));
    store.keep_leases(&[]).unwrap();
    store.remove(&image).unwrap();
    assert!(layers(&store).is_empty());
}

#[test]
fn what_belongs_to_no_image_goes_at_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let store = ImageStore::open(directory.path()).unwrap();
    put(&store, "a", &["used"]);
    fs::create_dir_all(store.layer_directory("interrupted").join("rootfs")).unwrap();
    fs::create_dir_all(store.directory.join("tmp/import/layer")).unwrap();
    assert!(matches!(ImageStore::open(directory.path()), Err(ImportError::Locked(_))));
    drop(store);
    let store = ImageStore::open(directory.path()).unwrap();
    assert_eq!(layers(&store), ["used"]);
    assert!(!store.directory.join("tmp/import").exists());
}
