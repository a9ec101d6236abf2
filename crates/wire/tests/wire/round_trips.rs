//! Every input and output survives both protocols.

use millrace_wire::schema::{Shape, Structure};
use millrace_wire::{Op, Operation, Protocol, WireShape, decode_reply, encode, operations};
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop};
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

/// Any value of the right type, constraints or not.
fn shape(shape_: &'static Shape) -> BoxedStrategy<Value> {
    match shape_ {
        Shape::Boolean => any::<bool>().prop_map(Value::from).boxed(),
        Shape::Number(number) if number.bits == 32 => any::<i32>().prop_map(Value::from).boxed(),
        Shape::Number(_) => any::<i64>().prop_map(Value::from).boxed(),
        Shape::Timestamp => (-2_000_000_000_000_i64..=250_000_000_000_000)
            .prop_map(|milliseconds| match milliseconds % 1000 {
                0 => json!(milliseconds / 1000),
                _ => json!(milliseconds as f64 / 1000.0),
            })
            .boxed(),
        Shape::Text(text) if !text.values.is_empty() => {
            prop::sample::select(text.values).prop_map(Value::from).boxed()
        }
        Shape::Text(_) => prop::collection::vec(any::<char>(), 0..6)
            .prop_map(|characters| Value::from(characters.into_iter().collect::<String>()))
            .boxed(),
        Shape::List(list) => prop::collection::vec(shape(list.member), 0..3).prop_map(Value::from).boxed(),
        Shape::Map(map) => prop::collection::btree_map(".{0,4}", shape(map.value), 0..3)
            .prop_map(|entries| Value::Object(entries.into_iter().collect()))
            .boxed(),
        Shape::Structure(inner) => structure(inner),
    }
}

fn structure(structure: &'static Structure) -> BoxedStrategy<Value> {
    let members: Vec<_> = structure
        .members
        .iter()
        .map(|member| {
            let value = shape(member.shape);
            let value = if member.required {
                value.prop_map(Some).boxed()
            } else {
                // Mostly absent, so that deep structures stay small.
                prop::option::weighted(0.4, value).boxed()
            };
            (Just(member.name.to_owned()), value)
        })
        .collect();
    members
        .prop_map(|members| {
            let present = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
            Value::Object(present.collect::<Map<_, _>>())
        })
        .boxed()
}

fn check<T: WireShape + PartialEq + std::fmt::Debug>() {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(24) });
    let outcome = runner.run(&structure(T::STRUCTURE), |value| {
        let typed: T = decode_reply(Protocol::Json, &serde_json::to_vec(&value).unwrap()).unwrap();
        assert_eq!(serde_json::to_value(&typed).unwrap(), value, "nothing is lost or added");
        for protocol in [Protocol::Json, Protocol::Cbor] {
            let bytes = encode(protocol, &typed).unwrap();
            assert_eq!(decode_reply::<T>(protocol, &bytes).unwrap(), typed, "{protocol:?}");
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{}: {failure}", T::STRUCTURE.name);
    }
}

fn check_operation<O: Op<Input: PartialEq + std::fmt::Debug, Output: PartialEq + std::fmt::Debug>>()
-> Operation {
    assert_eq!(O::Input::STRUCTURE.name, O::OPERATION.input_structure().name);
    check::<O::Input>();
    check::<O::Output>();
    O::OPERATION
}

macro_rules! check_operations {
    ($($name:ident)+) => { [$(check_operation::<operations::$name>(),)+] };
}

#[test]
fn inputs_and_outputs_survive_both_protocols() {
    let mut checked = check_operations! {
        AssociateAppBlockBuilderAppBlock AssociateApplicationFleet AssociateApplicationToEntitlement
        AssociateFleet AssociateSoftwareToImageBuilder BatchAssociateUserStack
        BatchDisassociateUserStack CopyImage CreateAppBlock CreateAppBlockBuilder
        CreateAppBlockBuilderStreamingURL CreateApplication CreateDirectoryConfig CreateEntitlement
        CreateExportImageTask CreateFleet CreateImageBuilder CreateImageBuilderStreamingURL
        CreateImportedImage CreateStack CreateStreamingURL CreateThemeForStack CreateUpdatedImage
        CreateUsageReportSubscription CreateUser DeleteAppBlock DeleteAppBlockBuilder
        DeleteApplication DeleteDirectoryConfig DeleteEntitlement DeleteFleet DeleteImage
        DeleteImageBuilder DeleteImagePermissions DeleteStack DeleteThemeForStack
        DeleteUsageReportSubscription DeleteUser DescribeAppBlockBuilderAppBlockAssociations
        DescribeAppBlockBuilders DescribeAppBlocks DescribeAppLicenseUsage
        DescribeApplicationFleetAssociations DescribeApplications DescribeDirectoryConfigs
        DescribeEntitlements DescribeFleets DescribeImageBuilders DescribeImagePermissions
        DescribeImages DescribeSessions DescribeSoftwareAssociations DescribeStacks
        DescribeThemeForStack DescribeUsageReportSubscriptions DescribeUserStackAssociations
        DescribeUsers DisableUser DisassociateAppBlockBuilderAppBlock DisassociateApplicationFleet
        DisassociateApplicationFromEntitlement DisassociateFleet
        DisassociateSoftwareFromImageBuilder DrainSessionInstance EnableUser ExpireSession
        GetExportImageTask ListAssociatedFleets ListAssociatedStacks ListEntitledApplications
        ListExportImageTasks ListTagsForResource StartAppBlockBuilder StartFleet StartImageBuilder
        StartSoftwareDeploymentToImageBuilder StopAppBlockBuilder StopFleet StopImageBuilder
        TagResource UntagResource UpdateAppBlockBuilder UpdateApplication UpdateDirectoryConfig
        UpdateEntitlement UpdateFleet UpdateImageBuilder UpdateImagePermissions UpdateStack
        UpdateThemeForStack
    };
    checked.sort();
    assert_eq!(checked, Operation::ALL, "an operation is missing here");
}
