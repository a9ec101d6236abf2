//! Sessions as the API shows them.

use millrace_model::Session;
use millrace_model::session::{Authentication, Connection, SessionState};
use millrace_wire::shapes;

use super::values::wire_moment;

pub(super) fn session(session: &Session) -> shapes::Session {
    let (state, connected) = match session.state {
        SessionState::Pending => (shapes::SessionState::Pending, false),
        SessionState::Active { connection, .. } => {
            (shapes::SessionState::Active, connection == Connection::Connected)
        }
        SessionState::Ended { .. } => (shapes::SessionState::Expired, false),
    };
    let connection = if connected {
        shapes::SessionConnectionState::Connected
    } else {
        shapes::SessionConnectionState::NotConnected
    };
    // A session that nobody has come to yet counts from its admission.
    let start = session.started_at().unwrap_or(session.created_at);
    shapes::Session {
        id: session.id.to_string(),
        user_id: session.user.id.clone(),
        stack_name: session.stack.to_string(),
        fleet_name: session.fleet.name.to_string(),
        state,
        connection_state: Some(connection),
        start_time: Some(wire_moment(start)),
        max_expiration_time: Some(wire_moment(start.plus_seconds(session.max_duration_seconds))),
        authentication_type: Some(authentication(session.user.authentication)),
        network_access_configuration: None,
        instance_id: Some(session.instance.to_string()),
        // Instances that serve one session are not drained.
        instance_drain_status: Some(shapes::InstanceDrainStatus::NotApplicable),
    }
}

fn authentication(authentication: Authentication) -> shapes::AuthenticationType {
    match authentication {
        Authentication::Api => shapes::AuthenticationType::Api,
        Authentication::Saml => shapes::AuthenticationType::Saml,
        Authentication::UserPool => shapes::AuthenticationType::Userpool,
        Authentication::Directory => shapes::AuthenticationType::AwsAd,
    }
}

pub(super) fn authentication_from_wire(authentication: shapes::AuthenticationType) -> Authentication {
    match authentication {
        shapes::AuthenticationType::Api => Authentication::Api,
        shapes::AuthenticationType::Saml => Authentication::Saml,
        shapes::AuthenticationType::Userpool => Authentication::UserPool,
        shapes::AuthenticationType::AwsAd => Authentication::Directory,
    }
}
