//! DescribeStacks.

use millrace_store::Store;
use millrace_wire::ApiError;
use millrace_wire::shapes::{DescribeStacksRequest, DescribeStacksResult};

use super::{PAGE, stack_to_wire, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DescribeStacksRequest,
) -> Result<DescribeStacksResult, ApiError> {
    let store = &call.control.store;
    let names = values::asked_for("Names", input.names)?;
    if !names.is_empty() {
        let mut stacks = Vec::with_capacity(names.len());
        for name in names {
            let found = store.stack(&call.scope, &values::existing(&name, |name| call.no_stack(name))?).await;
            let found = found.map_err(|error| errors::store(&error))?;
            stacks.push(stack_to_wire::stack(&call.scope, &found.ok_or_else(|| call.no_stack(&name))?));
        }
        return Ok(DescribeStacksResult { stacks: Some(stacks), next_token: None });
    }
    let token = Call::page_token(Store::STACKS, input.next_token.as_deref())?;
    let page =
        store.stacks(&call.scope, token.as_ref(), PAGE).await.map_err(|error| errors::store(&error))?;
    Ok(DescribeStacksResult {
        stacks: Some(page.items.iter().map(|stack| stack_to_wire::stack(&call.scope, stack)).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}
