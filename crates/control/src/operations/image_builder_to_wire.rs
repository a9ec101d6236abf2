//! Image builders as the API shows them.

use millrace_model::builder::{BuilderIntent, BuilderState};
use millrace_model::fleet::FleetError;
use millrace_model::{ImageBuilder, Scope};
use millrace_wire::shapes;

use super::values::wire_moment;
use super::{fleet_to_wire, image_to_wire, machine_to_wire};
use crate::api::Call;
use crate::arn;

pub(super) fn image_builder(call: &Call<'_>, builder: &ImageBuilder) -> shapes::ImageBuilder {
    let (settings, runtime) = (&builder.settings, &builder.runtime);
    let machine = &settings.machine;
    let image_scope = Scope { account: settings.image.owner.clone(), region: call.scope.region.clone() };
    let latest = runtime.agent_version == call.control.config.agent_version;
    shapes::ImageBuilder {
        arn: Some(arn::image_builder(&call.scope, &builder.name)),
        image_arn: Some(arn::image(&image_scope, &settings.image.name)),
        display_name: settings.display_name.clone(),
        description: settings.description.clone(),
        vpc_config: machine_to_wire::vpc_config(machine),
        instance_type: Some(machine.instance_type.clone()),
        platform: Some(image_to_wire::platform(settings.platform)),
        iam_role_arn: machine.role.clone(),
        state: Some(state(builder.state())),
        state_change_reason: runtime.reason.as_ref().map(|reason| shapes::ImageBuilderStateChangeReason {
            code: Some(if reason.image_unavailable {
                shapes::ImageBuilderStateChangeReasonCode::ImageUnavailable
            } else {
                shapes::ImageBuilderStateChangeReasonCode::InternalError
            }),
            message: Some(reason.message.clone()),
        }),
        created_time: Some(wire_moment(builder.created_at)),
        enable_default_internet_access: Some(machine.internet_access),
        domain_join_info: machine_to_wire::domain_join_info(machine),
        image_builder_errors: Some(errors(builder)),
        appstream_agent_version: Some(runtime.agent_version.clone()),
        latest_appstream_agent_version: Some(if latest {
            shapes::LatestAppstreamAgentVersion::True
        } else {
            shapes::LatestAppstreamAgentVersion::False
        }),
        access_endpoints: access_endpoints(builder),
        root_volume_config: machine_to_wire::root_volume_config(machine),
        disable_imdsv1: machine.metadata_service_v1_disabled,
        ..shapes::ImageBuilder::new(builder.name.as_str())
    }
}

/// What went wrong, and, as long as the builder should run, what it asks for in vain.
fn errors(builder: &ImageBuilder) -> Vec<shapes::ResourceError> {
    let health = &builder.runtime.health;
    let ignored = match builder.runtime.intent {
        BuilderIntent::Running { .. } => builder.settings.ignored(),
        BuilderIntent::Stopped
        | BuilderIntent::Snapshotting { .. }
        | BuilderIntent::Failed
        | BuilderIntent::Deleting => Vec::new(),
    };
    let shown = |error: &FleetError| shapes::ResourceError {
        error_code: Some(fleet_to_wire::error_code(error.code)),
        error_message: Some(error.message.clone()),
        error_timestamp: health.last_failure_at.map(wire_moment),
    };
    health.errors.iter().chain(&ignored).map(shown).collect()
}

fn access_endpoints(builder: &ImageBuilder) -> Option<Vec<shapes::AccessEndpoint>> {
    let endpoints = &builder.settings.access_endpoints;
    let shown = endpoints.iter().filter_map(|endpoint| {
        let kind = endpoint.kind.parse().ok()?;
        Some(shapes::AccessEndpoint { endpoint_type: kind, vpce_id: endpoint.endpoint_id.clone() })
    });
    (!endpoints.is_empty()).then(|| shown.collect())
}

pub(super) fn state(state: BuilderState) -> shapes::ImageBuilderState {
    match state {
        BuilderState::Pending => shapes::ImageBuilderState::Pending,
        BuilderState::UpdatingAgent => shapes::ImageBuilderState::UpdatingAgent,
        BuilderState::Running => shapes::ImageBuilderState::Running,
        BuilderState::Stopping => shapes::ImageBuilderState::Stopping,
        BuilderState::Stopped => shapes::ImageBuilderState::Stopped,
        BuilderState::Snapshotting => shapes::ImageBuilderState::Snapshotting,
        BuilderState::Deleting => shapes::ImageBuilderState::Deleting,
        BuilderState::Failed => shapes::ImageBuilderState::Failed,
    }
}

/// `RUNNING`, for an error.
pub(super) fn state_text(of: BuilderState) -> &'static str {
    state(of).as_str()
}
