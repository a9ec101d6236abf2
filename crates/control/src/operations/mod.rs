//! The operations of the API: one match, one small file for each.
//!
//! A handler converts its input (errors of meaning stop there), does one transaction, wakes the reconciler if that changed what should run, and
//! converts the result. [`Call::run`] has checked shape and permission before.

mod associations;
mod create_fleet;
mod create_stack;
mod create_streaming_url;
mod delete_fleet;
mod delete_stack;
mod describe_fleets;
mod describe_images;
mod describe_sessions;
mod describe_stacks;
mod expire_session;
mod fleet_from_wire;
mod fleet_to_wire;
mod image_to_wire;
mod list_associated;
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
use millrace_wire::{ApiError, Operation};

use crate::api::Call;
use crate::authorize::Resource;

/// How many fleets, stacks or names one reply holds at most. AWS does not say; its paginators take any.
const PAGE: u32 = 50;
/// How many names one Describe call may ask for.
const MOST_NAMES: usize = 1000;

/// Answers one operation. Beside each stand the resources that it is authorised on (`api-behaviour` § 6).
pub(crate) async fn dispatch(call: &Call<'_>, operation: Operation) -> Result<Vec<u8>, ApiError> {
    match operation {
        Operation::CreateStack => {
            call.run::<op::CreateStack>(|input| vec![stack(&input.name)], create_stack::handle).await
        }
        Operation::DescribeStacks => {
            call.run::<op::DescribeStacks>(|_| Vec::new(), describe_stacks::handle).await
        }
        Operation::DeleteStack => {
            call.run::<op::DeleteStack>(|input| vec![stack(&input.name)], delete_stack::handle).await
        }
        Operation::CreateFleet => {
            call.run::<op::CreateFleet>(create_fleet::resources, create_fleet::handle).await
        }
        Operation::DescribeFleets => {
            call.run::<op::DescribeFleets>(|_| Vec::new(), describe_fleets::handle).await
        }
        Operation::StartFleet => {
            call.run::<op::StartFleet>(|input| vec![fleet(&input.name)], start_fleet::handle).await
        }
        Operation::StopFleet => {
            call.run::<op::StopFleet>(|input| vec![fleet(&input.name)], stop_fleet::handle).await
        }
        Operation::DeleteFleet => {
            call.run::<op::DeleteFleet>(|input| vec![fleet(&input.name)], delete_fleet::handle).await
        }
        Operation::AssociateFleet => {
            call.run::<op::AssociateFleet>(
                |input| vec![fleet(&input.fleet_name), stack(&input.stack_name)],
                associations::associate,
            )
            .await
        }
        Operation::DisassociateFleet => {
            call.run::<op::DisassociateFleet>(
                |input| vec![fleet(&input.fleet_name), stack(&input.stack_name)],
                associations::disassociate,
            )
            .await
        }
        Operation::DescribeImages => {
            call.run::<op::DescribeImages>(|_| Vec::new(), describe_images::handle).await
        }
        Operation::CreateStreamingURL => {
            call.run::<op::CreateStreamingURL>(
                |input| vec![fleet(&input.fleet_name), stack(&input.stack_name)],
                create_streaming_url::handle,
            )
            .await
        }
        Operation::DescribeSessions => {
            call.run::<op::DescribeSessions>(
                |input| vec![fleet(&input.fleet_name), stack(&input.stack_name)],
                describe_sessions::handle,
            )
            .await
        }
        Operation::TagResource => {
            call.run::<op::TagResource>(|input| vec![arn(&input.resource_arn)], tags::tag).await
        }
        Operation::UntagResource => {
            call.run::<op::UntagResource>(|input| vec![arn(&input.resource_arn)], tags::untag).await
        }
        Operation::ListTagsForResource => {
            call.run::<op::ListTagsForResource>(|_| Vec::new(), tags::list).await
        }
        Operation::UpdateFleet => {
            call.run::<op::UpdateFleet>(update_fleet::resources, update_fleet::handle).await
        }
        Operation::UpdateStack => {
            call.run::<op::UpdateStack>(|input| vec![stack(&input.name)], update_stack::handle).await
        }
        Operation::ListAssociatedFleets => {
            call.run::<op::ListAssociatedFleets>(
                |input| vec![stack(&input.stack_name)],
                list_associated::fleets,
            )
            .await
        }
        Operation::ListAssociatedStacks => {
            call.run::<op::ListAssociatedStacks>(
                |input| vec![fleet(&input.fleet_name)],
                list_associated::stacks,
            )
            .await
        }
        Operation::ExpireSession => {
            call.run::<op::ExpireSession>(|_| Vec::new(), expire_session::handle).await
        }
        not_built => call.not_built(not_built),
    }
}

fn stack(name: &str) -> Resource {
    Resource::Stack(name.to_owned())
}

fn fleet(name: &str) -> Resource {
    Resource::Fleet(name.to_owned())
}

fn arn(arn: &str) -> Resource {
    Resource::Arn(arn.to_owned())
}
