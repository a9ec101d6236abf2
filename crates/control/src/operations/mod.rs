//! The operations of the API: one match, one small file for each.
//!
//! A handler converts its input (errors of meaning stop there), does one transaction, wakes the reconciler if that changed what should run, and
//! converts the result. [`Call::run`] has checked shape and permission before.

mod associations;
mod copy_image;
mod create_fleet;
mod create_image_builder;
mod create_image_builder_streaming_url;
mod create_imported_image;
mod create_stack;
mod create_streaming_url;
mod create_updated_image;
mod delete_fleet;
mod delete_image;
mod delete_stack;
mod describe_fleets;
mod describe_images;
mod describe_sessions;
mod describe_stacks;
mod expire_session;
mod export_image_tasks;
mod fleet_from_wire;
mod fleet_to_wire;
mod image_builder_to_wire;
mod image_builders;
mod image_permissions;
pub(crate) mod image_to_wire;
mod list_associated;
mod machine_from_wire;
mod machine_to_wire;
mod session_to_wire;
mod stack_from_wire;
pub(crate) mod stack_to_wire;
mod start_fleet;
mod stop_fleet;
mod tags;
mod update_fleet;
mod update_stack;
mod values;

use millrace_wire::operations as op;
use millrace_wire::{ApiError, Input, Operation};

use crate::api::Call;

/// How many fleets, stacks or names one reply holds at most. AWS does not say; its paginators take any.
const PAGE: u32 = 50;

/// Answers one operation, whose shape and permission are checked: what it is authorised on is in the table of [`crate::permissions`].
pub(crate) async fn dispatch(call: &Call<'_>, input: Input) -> Result<Vec<u8>, ApiError> {
    match input.operation() {
        Operation::CreateStack => call.run::<op::CreateStack>(input, create_stack::handle).await,
        Operation::DescribeStacks => call.run::<op::DescribeStacks>(input, describe_stacks::handle).await,
        Operation::DeleteStack => call.run::<op::DeleteStack>(input, delete_stack::handle).await,
        Operation::CreateFleet => call.run::<op::CreateFleet>(input, create_fleet::handle).await,
        Operation::DescribeFleets => call.run::<op::DescribeFleets>(input, describe_fleets::handle).await,
        Operation::StartFleet => call.run::<op::StartFleet>(input, start_fleet::handle).await,
        Operation::StopFleet => call.run::<op::StopFleet>(input, stop_fleet::handle).await,
        Operation::DeleteFleet => call.run::<op::DeleteFleet>(input, delete_fleet::handle).await,
        Operation::AssociateFleet => call.run::<op::AssociateFleet>(input, associations::associate).await,
        Operation::DisassociateFleet => {
            call.run::<op::DisassociateFleet>(input, associations::disassociate).await
        }
        Operation::DescribeImages => call.run::<op::DescribeImages>(input, describe_images::handle).await,
        Operation::DeleteImage => call.run::<op::DeleteImage>(input, delete_image::handle).await,
        Operation::CreateStreamingURL => {
            call.run::<op::CreateStreamingURL>(input, create_streaming_url::handle).await
        }
        Operation::DescribeSessions => {
            call.run::<op::DescribeSessions>(input, describe_sessions::handle).await
        }
        Operation::TagResource => call.run::<op::TagResource>(input, tags::tag).await,
        Operation::UntagResource => call.run::<op::UntagResource>(input, tags::untag).await,
        Operation::ListTagsForResource => call.run::<op::ListTagsForResource>(input, tags::list).await,
        Operation::UpdateFleet => call.run::<op::UpdateFleet>(input, update_fleet::handle).await,
        Operation::UpdateStack => call.run::<op::UpdateStack>(input, update_stack::handle).await,
        Operation::ListAssociatedFleets => {
            call.run::<op::ListAssociatedFleets>(input, list_associated::fleets).await
        }
        Operation::ListAssociatedStacks => {
            call.run::<op::ListAssociatedStacks>(input, list_associated::stacks).await
        }
        Operation::ExpireSession => call.run::<op::ExpireSession>(input, expire_session::handle).await,
        Operation::CopyImage => call.run::<op::CopyImage>(input, copy_image::handle).await,
        Operation::UpdateImagePermissions => {
            call.run::<op::UpdateImagePermissions>(input, image_permissions::update).await
        }
        Operation::DeleteImagePermissions => {
            call.run::<op::DeleteImagePermissions>(input, image_permissions::delete).await
        }
        Operation::DescribeImagePermissions => {
            call.run::<op::DescribeImagePermissions>(input, image_permissions::describe).await
        }
        Operation::CreateImageBuilder => {
            call.run::<op::CreateImageBuilder>(input, create_image_builder::handle).await
        }
        Operation::DescribeImageBuilders => {
            call.run::<op::DescribeImageBuilders>(input, image_builders::describe).await
        }
        Operation::UpdateImageBuilder => {
            call.run::<op::UpdateImageBuilder>(input, image_builders::update).await
        }
        Operation::StartImageBuilder => call.run::<op::StartImageBuilder>(input, image_builders::start).await,
        Operation::StopImageBuilder => call.run::<op::StopImageBuilder>(input, image_builders::stop).await,
        Operation::DeleteImageBuilder => {
            call.run::<op::DeleteImageBuilder>(input, image_builders::delete).await
        }
        Operation::CreateImageBuilderStreamingURL => {
            call.run::<op::CreateImageBuilderStreamingURL>(input, create_image_builder_streaming_url::handle)
                .await
        }
        Operation::CreateExportImageTask => {
            call.run::<op::CreateExportImageTask>(input, export_image_tasks::create).await
        }
        Operation::GetExportImageTask => {
            call.run::<op::GetExportImageTask>(input, export_image_tasks::get).await
        }
        Operation::ListExportImageTasks => {
            call.run::<op::ListExportImageTasks>(input, export_image_tasks::list).await
        }
        Operation::CreateImportedImage => {
            call.run::<op::CreateImportedImage>(input, create_imported_image::handle).await
        }
        Operation::CreateUpdatedImage => {
            call.run::<op::CreateUpdatedImage>(input, create_updated_image::handle).await
        }
        not_built => call.not_built(not_built),
    }
}
