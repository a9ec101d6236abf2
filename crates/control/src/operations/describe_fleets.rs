//! DescribeFleets.

use millrace_store::Store;
use millrace_wire::ApiError;
use millrace_wire::shapes::{DescribeFleetsRequest, DescribeFleetsResult};

use super::{PAGE, fleet_to_wire, values};
use crate::api::Call;
use crate::errors;

pub(super) async fn handle(
    call: &Call<'_>,
    input: DescribeFleetsRequest,
) -> Result<DescribeFleetsResult, ApiError> {
    let store = &call.control.store;
    let names = values::asked_for("Names", input.names)?;
    if !names.is_empty() {
        let mut fleets = Vec::with_capacity(names.len());
        for name in names {
            let found = store.fleet(&call.scope, &values::existing(&name, |name| call.no_fleet(name))?).await;
            let found = found.map_err(|error| errors::store(&error))?;
            fleets.push(fleet_to_wire::fleet(&call.scope, &found.ok_or_else(|| call.no_fleet(&name))?));
        }
        return Ok(DescribeFleetsResult { fleets: Some(fleets), next_token: None });
    }
    let token = Call::page_token(Store::FLEETS, input.next_token.as_deref())?;
    let page =
        store.fleets(&call.scope, token.as_ref(), PAGE).await.map_err(|error| errors::store(&error))?;
    Ok(DescribeFleetsResult {
        fleets: Some(page.items.iter().map(|record| fleet_to_wire::fleet(&call.scope, record)).collect()),
        next_token: page.next.map(|token| token.encode()),
    })
}
