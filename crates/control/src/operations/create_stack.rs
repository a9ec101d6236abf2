//! CreateStack.

use millrace_model::{Name, Stack};
use millrace_store::CreateError;
use millrace_wire::ApiError;
use millrace_wire::shapes::{CreateStackRequest, CreateStackResult};

use super::{stack_from_wire, stack_to_wire, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    mut input: CreateStackRequest,
) -> Result<CreateStackResult, ApiError> {
    // The shape has checked the pattern.
    let name = Name::new(&input.name).map_err(|error| ApiError::validation(error.to_string()))?;
    let tags = values::new_tags(input.tags.take())?;
    let settings = stack_from_wire::settings(&call.scope, input)?;
    let stack = Stack { name, created_at: call.now, settings };
    let limit = call.control.config.quotas.stacks;
    match call.control.store.create_stack(&call.scope, &stack, &tags, limit).await {
        Ok(()) => Ok(CreateStackResult { stack: Some(stack_to_wire::stack(&call.scope, &stack)) }),
        Err(CreateError::AlreadyExists) => Err(errors::exists("stack", stack.name.as_str())),
        Err(CreateError::LimitReached) => {
            Err(ApiError::limit_exceeded(format!("The account has the limit of {limit} stacks.")))
        }
        Err(CreateError::Store(error)) => Err(errors::store(&error)),
    }
}
