//! What each operation is authorised on: one table for all operations of the model, built or not.
//!
//! Its source is AWS's service authorization reference for AppStream. A name in a target is the input's member that holds the resource's
//! name or ARN. Operations that list are authorised on all resources of the kind (`fleet/*`), as the service's own messages show.

use millrace_wire::Operation;

/// Whether an operation changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// Kinds of resources, as ARNs name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Fleet,
    Stack,
    Image,
    ImageBuilder,
    AppBlock,
    AppBlockBuilder,
    Application,
}

/// A resource that an operation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The member holds a name.
    Name(Kind, &'static str),
    /// The member holds an ARN.
    Arn(&'static str),
    /// The members of a list hold each a name in this member.
    NameInEach(Kind, &'static str, &'static str),
    /// All resources of the kind.
    All(Kind),
}

/// What an operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) access: Access,
    /// Each of those whose member is there must be allowed; without any, `*`.
    pub(crate) targets: &'static [Target],
    /// The member that holds tags to be set.
    pub(crate) tags: Option<&'static str>,
    /// The resource that is created with these tags: `appstream:TagResource` must be allowed on it too.
    pub(crate) tagged: Option<Target>,
    /// The member that holds keys of tags to be taken away.
    pub(crate) tag_keys: Option<&'static str>,
    /// The member that holds a user's id (`appstream:userId`).
    pub(crate) user_id: Option<&'static str>,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fleet => "fleet",
            Self::Stack => "stack",
            Self::Image => "image",
            Self::ImageBuilder => "image-builder",
            Self::AppBlock => "app-block",
            Self::AppBlockBuilder => "app-block-builder",
            Self::Application => "application",
        }
    }
}

impl Permission {
    const fn read(targets: &'static [Target]) -> Self {
        Self { access: Access::Read, targets, tags: None, tagged: None, tag_keys: None, user_id: None }
    }

    const fn write(targets: &'static [Target]) -> Self {
        Self { access: Access::Write, ..Self::read(targets) }
    }

    /// Creates what `kind` and `name` tell, with tags.
    const fn creates(self, kind: Kind, name: &'static str, tags: &'static str) -> Self {
        Self { tags: Some(tags), tagged: Some(Target::Name(kind, name)), ..self }
    }

    const fn tags(self, member: &'static str) -> Self {
        Self { tags: Some(member), ..self }
    }

    const fn tag_keys(self, member: &'static str) -> Self {
        Self { tag_keys: Some(member), ..self }
    }

    const fn user_id(self, member: &'static str) -> Self {
        Self { user_id: Some(member), ..self }
    }
}

/// The table.
pub(crate) fn of(operation: Operation) -> Permission {
    use Kind::{AppBlock, AppBlockBuilder, Application, Fleet, Image, ImageBuilder, Stack};
    use Operation as O;
    use Target::{All, Arn, Name, NameInEach};
    match operation {
        // Fleets.
        O::CreateFleet => {
            Permission::write(&[Name(Fleet, "Name"), Name(Image, "ImageName"), Arn("ImageArn")])
                .creates(Fleet, "Name", "Tags")
        }
        O::UpdateFleet => {
            Permission::write(&[Name(Fleet, "Name"), Name(Image, "ImageName"), Arn("ImageArn")])
        }
        O::DeleteFleet | O::StartFleet | O::StopFleet => Permission::write(&[Name(Fleet, "Name")]),
        O::DescribeFleets => Permission::read(&[All(Fleet)]),
        O::ListAssociatedStacks => Permission::read(&[Name(Fleet, "FleetName")]),
        // Stacks.
        O::CreateStack => Permission::write(&[Name(Stack, "Name")]).creates(Stack, "Name", "Tags"),
        O::UpdateStack | O::DeleteStack => Permission::write(&[Name(Stack, "Name")]),
        O::DescribeStacks => Permission::read(&[All(Stack)]),
        O::ListAssociatedFleets => Permission::read(&[Name(Stack, "StackName")]),
        O::CreateEntitlement | O::UpdateEntitlement | O::DeleteEntitlement => {
            Permission::write(&[Name(Stack, "StackName")])
        }
        O::AssociateApplicationToEntitlement | O::DisassociateApplicationFromEntitlement => {
            Permission::write(&[Name(Stack, "StackName")])
        }
        O::DescribeEntitlements | O::ListEntitledApplications | O::DescribeThemeForStack => {
            Permission::read(&[Name(Stack, "StackName")])
        }
        O::CreateThemeForStack | O::UpdateThemeForStack | O::DeleteThemeForStack => {
            Permission::write(&[Name(Stack, "StackName")])
        }
        O::BatchAssociateUserStack | O::BatchDisassociateUserStack => {
            Permission::write(&[NameInEach(Stack, "UserStackAssociations", "StackName")])
        }
        // Fleets with stacks, and sessions.
        O::AssociateFleet | O::DisassociateFleet => {
            Permission::write(&[Name(Fleet, "FleetName"), Name(Stack, "StackName")])
        }
        O::CreateStreamingURL => {
            Permission::write(&[Name(Fleet, "FleetName"), Name(Stack, "StackName")]).user_id("UserId")
        }
        O::DescribeSessions => {
            Permission::read(&[Name(Fleet, "FleetName"), Name(Stack, "StackName")]).user_id("UserId")
        }
        O::ExpireSession | O::DrainSessionInstance => Permission::write(&[]),
        // Images.
        O::CopyImage => {
            Permission::write(&[Name(Image, "SourceImageName"), Name(Image, "DestinationImageName")])
        }
        O::CreateImportedImage => Permission::write(&[Name(Image, "Name")]).creates(Image, "Name", "Tags"),
        O::CreateUpdatedImage => {
            Permission::write(&[Name(Image, "existingImageName"), Name(Image, "newImageName")]).creates(
                Image,
                "newImageName",
                "newImageTags",
            )
        }
        O::DeleteImage | O::UpdateImagePermissions | O::DeleteImagePermissions => {
            Permission::write(&[Name(Image, "Name")])
        }
        O::DescribeImagePermissions => Permission::read(&[Name(Image, "Name")]),
        O::DescribeImages => Permission::read(&[All(Image)]),
        O::CreateExportImageTask => Permission::write(&[Name(Image, "ImageName")]),
        O::GetExportImageTask | O::ListExportImageTasks => Permission::read(&[]),
        // Image builders.
        O::CreateImageBuilder => {
            Permission::write(&[Name(ImageBuilder, "Name"), Name(Image, "ImageName"), Arn("ImageArn")])
                .creates(ImageBuilder, "Name", "Tags")
        }
        O::UpdateImageBuilder | O::DeleteImageBuilder | O::StartImageBuilder | O::StopImageBuilder => {
            Permission::write(&[Name(ImageBuilder, "Name")])
        }
        O::CreateImageBuilderStreamingURL => Permission::write(&[Name(ImageBuilder, "Name")]),
        O::DescribeImageBuilders => Permission::read(&[All(ImageBuilder)]),
        O::AssociateSoftwareToImageBuilder
        | O::DisassociateSoftwareFromImageBuilder
        | O::StartSoftwareDeploymentToImageBuilder => {
            Permission::write(&[Name(ImageBuilder, "ImageBuilderName")])
        }
        O::DescribeSoftwareAssociations => Permission::read(&[Arn("AssociatedResource")]),
        // App blocks, their builders, applications.
        O::CreateAppBlock => Permission::write(&[Name(AppBlock, "Name")]).creates(AppBlock, "Name", "Tags"),
        O::DeleteAppBlock => Permission::write(&[Name(AppBlock, "Name")]),
        O::DescribeAppBlocks => Permission::read(&[All(AppBlock)]),
        O::CreateAppBlockBuilder => {
            Permission::write(&[Name(AppBlockBuilder, "Name")]).creates(AppBlockBuilder, "Name", "Tags")
        }
        O::UpdateAppBlockBuilder
        | O::DeleteAppBlockBuilder
        | O::StartAppBlockBuilder
        | O::StopAppBlockBuilder => Permission::write(&[Name(AppBlockBuilder, "Name")]),
        O::CreateAppBlockBuilderStreamingURL => {
            Permission::write(&[Name(AppBlockBuilder, "AppBlockBuilderName")])
        }
        O::DescribeAppBlockBuilders => Permission::read(&[All(AppBlockBuilder)]),
        O::AssociateAppBlockBuilderAppBlock | O::DisassociateAppBlockBuilderAppBlock => {
            Permission::write(&[Arn("AppBlockArn"), Name(AppBlockBuilder, "AppBlockBuilderName")])
        }
        O::DescribeAppBlockBuilderAppBlockAssociations => Permission::read(&[]),
        O::CreateApplication => Permission::write(&[Name(Application, "Name"), Arn("AppBlockArn")]).creates(
            Application,
            "Name",
            "Tags",
        ),
        O::UpdateApplication => Permission::write(&[Name(Application, "Name"), Arn("AppBlockArn")]),
        O::DeleteApplication => Permission::write(&[Name(Application, "Name")]),
        O::DescribeApplications => Permission::read(&[All(Application)]),
        O::AssociateApplicationFleet | O::DisassociateApplicationFleet => {
            Permission::write(&[Arn("ApplicationArn"), Name(Fleet, "FleetName")])
        }
        O::DescribeApplicationFleetAssociations => Permission::read(&[]),
        // Users, directories, reports: no resources of their own.
        O::CreateUser | O::DeleteUser | O::EnableUser | O::DisableUser => Permission::write(&[]),
        O::DescribeUsers | O::DescribeUserStackAssociations | O::DescribeAppLicenseUsage => {
            Permission::read(&[])
        }
        O::CreateDirectoryConfig | O::UpdateDirectoryConfig | O::DeleteDirectoryConfig => {
            Permission::write(&[])
        }
        O::DescribeDirectoryConfigs | O::DescribeUsageReportSubscriptions => Permission::read(&[]),
        O::CreateUsageReportSubscription | O::DeleteUsageReportSubscription => Permission::write(&[]),
        // Tags.
        O::TagResource => Permission::write(&[Arn("ResourceArn")]).tags("Tags"),
        O::UntagResource => Permission::write(&[Arn("ResourceArn")]).tag_keys("TagKeys"),
        O::ListTagsForResource => Permission::read(&[Arn("ResourceArn")]),
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Operation, Target, of};

    /// Every member that the table names is one of the operation's input, and names say whether an operation reads.
    #[test]
    fn the_table_fits_the_model() {
        for operation in Operation::ALL {
            let permission = of(*operation);
            let input = operation.input_structure();
            let known = |name: &str| input.members.iter().any(|member| member.name == name);
            let members = permission.targets.iter().filter_map(|target| match target {
                Target::Name(_, member) | Target::Arn(member) | Target::NameInEach(_, member, _) => {
                    Some(*member)
                }
                Target::All(_) => None,
            });
            for member in members.chain(permission.tags).chain(permission.tag_keys).chain(permission.user_id)
            {
                assert!(known(member), "{operation}: {member}");
            }
            for tags in ["Tags", "newImageTags"] {
                assert!(!known(tags) || permission.tags == Some(tags), "{operation} sets tags");
            }
            let name = operation.as_str();
            let creates = name.starts_with("Create") && permission.tags.is_some();
            assert_eq!(permission.tagged.is_some(), creates, "{operation}: tags at creation");
            if let Some(tagged) = permission.tagged {
                assert!(permission.targets.contains(&tagged), "{operation}: what is tagged is decided on");
            }
            let reads = ["Describe", "List", "Get"].iter().any(|verb| name.starts_with(verb));
            assert_eq!(permission.access == Access::Read, reads, "{operation}");
        }
    }
}
