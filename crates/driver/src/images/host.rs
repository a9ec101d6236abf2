//! The images of this host, for asynchronous code.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use async_trait::async_trait;

use super::{ExportSpec, ExportedImage, ImageStore, ImportError, ImportLimits, ImportedImage, failed};
use crate::objects::{ObjectName, ObjectStore};
use crate::{ImageDigest, SnapshotApplication};

/// What the rest of the server asks of the images, wherever they are kept.
#[async_trait]
pub trait Images: Send + Sync + 'static {
    /// Imports from a file or directory that is open for reading, within [`ImportLimits::default`], with another catalogue, if one is given; see
    /// [`ImageStore::import`].
    ///
    /// # Errors
    /// Those of [`ImageStore::import`].
    async fn import(
        &self,
        source: OwnedFd,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError>;

    /// Removes an image that no instance uses; see [`ImageStore::remove`].
    ///
    /// # Errors
    /// Those of [`ImageStore::remove`].
    async fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError>;

    /// Writes an OCI archive of an image into the installation's object storage; see [`ImageStore::export`].
    ///
    /// # Errors
    /// Those of [`ImageStore::export`].
    async fn export(&self, digest: &ImageDigest, spec: &ExportSpec) -> Result<ExportedImage, ImportError>;

    /// Writes an OCI archive of an image to an empty file that is open for writing; see [`ImageStore::export_open`].
    ///
    /// # Errors
    /// Those of [`ImageStore::export_open`].
    async fn export_open(&self, digest: &ImageDigest, file: OwnedFd) -> Result<ExportedImage, ImportError>;

    /// Imports from an object, as [`Images::import`] does from a file; with another catalogue, if one is given.
    ///
    /// # Errors
    /// [`ImportError::NoSuchObject`], and those of [`ImageStore::import_open`].
    async fn import_object(
        &self,
        object: &ObjectName,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError>;

    /// The images that are on the host.
    ///
    /// # Errors
    /// [`ImportError::Io`].
    async fn list_images(&self) -> Result<Vec<ImageDigest>, ImportError>;

    /// How long an object is, in bytes; none if there is no such object.
    ///
    /// # Errors
    /// [`ImportError::Io`].
    async fn find_object(&self, object: &ObjectName) -> Result<Option<u64>, ImportError>;

    /// Makes an image with one application more; see [`ImageStore::add_application`].
    ///
    /// # Errors
    /// Those of [`ImageStore::add_application`].
    async fn add_application(
        &self,
        digest: &ImageDigest,
        application: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError>;
}

/// The images on this host, and the objects that they are exported to and imported from.
#[derive(Clone, Debug)]
pub struct HostImages {
    store: Arc<ImageStore>,
    objects: Arc<ObjectStore>,
}

#[async_trait]
impl Images for HostImages {
    async fn import(
        &self,
        source: OwnedFd,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let catalogue = catalogue.map(<[_]>::to_vec);
        self.blocking(move |store| import(store, source.into(), catalogue.as_deref())).await
    }

    async fn remove(&self, digest: &ImageDigest) -> Result<(), ImportError> {
        let digest = digest.clone();
        self.blocking(move |store| store.remove(&digest)).await
    }

    async fn export(&self, digest: &ImageDigest, spec: &ExportSpec) -> Result<ExportedImage, ImportError> {
        let (objects, digest, spec) = (self.objects.clone(), digest.clone(), spec.clone());
        self.blocking(move |store| store.export(&objects, &digest, &spec, &ImportLimits::default())).await
    }

    async fn export_open(&self, digest: &ImageDigest, file: OwnedFd) -> Result<ExportedImage, ImportError> {
        let digest = digest.clone();
        self.blocking(move |store| store.export_open(&digest, &file.into(), &ImportLimits::default())).await
    }

    async fn import_object(
        &self,
        object: &ObjectName,
        catalogue: Option<&[SnapshotApplication]>,
    ) -> Result<ImportedImage, ImportError> {
        let (objects, object) = (self.objects.clone(), object.clone());
        let catalogue = catalogue.map(<[_]>::to_vec);
        self.blocking(move |store| {
            let file = open_object(&objects, &object)?.ok_or(ImportError::NoSuchObject(object))?;
            import(store, file, catalogue.as_deref())
        })
        .await
    }

    async fn list_images(&self) -> Result<Vec<ImageDigest>, ImportError> {
        self.blocking(|store| Ok(store.list()?.into_iter().map(|record| record.digest).collect())).await
    }

    async fn find_object(&self, object: &ObjectName) -> Result<Option<u64>, ImportError> {
        let (objects, object) = (self.objects.clone(), object.clone());
        self.blocking(move |_| {
            let length = |file: File| file.metadata().map(|metadata| metadata.len());
            open_object(&objects, &object)?
                .map(length)
                .transpose()
                .map_err(failed("reading", objects.directory()))
        })
        .await
    }

    async fn add_application(
        &self,
        digest: &ImageDigest,
        application: &SnapshotApplication,
    ) -> Result<ImportedImage, ImportError> {
        let (digest, application) = (digest.clone(), application.clone());
        self.blocking(move |store| store.add_application(&digest, &application)).await
    }
}

fn import(
    store: &ImageStore,
    file: File,
    catalogue: Option<&[SnapshotApplication]>,
) -> Result<ImportedImage, ImportError> {
    match catalogue {
        None => store.import_open(file, &ImportLimits::default()),
        Some(catalogue) => store.import_with(file, catalogue, &ImportLimits::default()),
    }
}

fn open_object(objects: &ObjectStore, name: &ObjectName) -> Result<Option<File>, ImportError> {
    objects.read(name).map_err(failed("reading an object in", objects.directory()))
}

impl HostImages {
    /// Images of `store`, exported to and imported from `objects`.
    #[must_use]
    pub fn new(store: Arc<ImageStore>, objects: Arc<ObjectStore>) -> Self {
        Self { store, objects }
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&ImageStore) -> Result<T, ImportError> + Send + 'static,
    ) -> Result<T, ImportError> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(&store))
            .await
            .unwrap_or_else(|error| Err(ImportError::Refused(format!("it broke off: {error}"))))
    }
}
