//! Amazon Resource Names: `arn:aws:appstream:REGION:ACCOUNT:KIND/NAME`.

use millrace_model::image::ImageReference;
use millrace_model::{AccountId, Name, Scope};
use millrace_store::ResourceKind;

/// The name of a stack.
pub(crate) fn stack(scope: &Scope, name: &Name) -> String {
    of(scope, "stack", name)
}

/// The name of a fleet.
pub(crate) fn fleet(scope: &Scope, name: &Name) -> String {
    of(scope, "fleet", name)
}

/// The name of an image.
pub(crate) fn image(scope: &Scope, name: &Name) -> String {
    of(scope, "image", name)
}

/// The name of an image builder.
pub(crate) fn image_builder(scope: &Scope, name: &Name) -> String {
    of(scope, "image-builder", name)
}

fn of(scope: &Scope, kind: &str, name: &Name) -> String {
    format!("arn:aws:appstream:{}:{}:{kind}/{name}", scope.region, scope.account)
}

/// The image that an ARN names, whoever owns it: images can be shared between accounts, within a region.
pub(crate) fn parse_image(arn: &str, scope: &Scope) -> Option<ImageReference> {
    let rest = arn.strip_prefix("arn:aws:appstream:")?;
    let mut parts = rest.splitn(3, ':');
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    let name = resource.strip_prefix("image/")?;
    let owner = AccountId::new(account).ok().filter(|_| region == scope.region.as_str())?;
    Some(ImageReference { owner, name: Name::new(name).ok()? })
}

/// Which resource of `scope` an ARN names; none if it is another scope's, another service's, or of a kind that there is not: the caller tells
/// all of these alike, since each of them is a resource that does not exist here.
pub(crate) fn parse(arn: &str, scope: &Scope) -> Option<(ResourceKind, Name)> {
    let rest = arn.strip_prefix("arn:aws:appstream:")?;
    let mut parts = rest.splitn(3, ':');
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if region != scope.region.as_str() || account != scope.account.as_str() {
        return None;
    }
    let (kind, name) = resource.split_once('/')?;
    let kind = match kind {
        "stack" => ResourceKind::Stack,
        "fleet" => ResourceKind::Fleet,
        "image" => ResourceKind::Image,
        "image-builder" => ResourceKind::ImageBuilder,
        _ => return None,
    };
    Some((kind, Name::new(name).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use millrace_model::Region;

    #[test]
    fn arns_lead_back_to_their_resource_and_no_other() {
        let scope = Scope {
            account: AccountId::new("123456789012").unwrap(),
            region: Region::new("eu-west-1").unwrap(),
        };
        let name = Name::new("n").unwrap();
        assert_eq!(parse(&stack(&scope, &name), &scope), Some((ResourceKind::Stack, name.clone())));
        assert_eq!(parse(&fleet(&scope, &name), &scope), Some((ResourceKind::Fleet, name.clone())));
        let builder = image_builder(&scope, &name);
        assert_eq!(parse(&builder, &scope), Some((ResourceKind::ImageBuilder, name.clone())));
        let shared = "arn:aws:appstream:eu-west-1:999999999999:image/n";
        assert_eq!(
            parse_image(shared, &scope).map(|image| image.owner.to_string()).as_deref(),
            Some("999999999999")
        );
        assert_eq!(parse_image("arn:aws:appstream:us-east-1:123456789012:image/n", &scope), None);
        assert_eq!(parse(&image(&scope, &name), &scope), Some((ResourceKind::Image, name)));
        for other in [
            "arn:aws:appstream:eu-west-1:999999999999:stack/n",
            "arn:aws:appstream:us-east-1:123456789012:stack/n",
            "arn:aws:s3:eu-west-1:123456789012:stack/n",
            "arn:aws:appstream:eu-west-1:123456789012:theme/n",
            "arn:aws:appstream:eu-west-1:123456789012:stack/",
            "arn:aws:appstream:eu-west-1:123456789012",
        ] {
            assert_eq!(parse(other, &scope), None, "{other}");
        }
    }
}
