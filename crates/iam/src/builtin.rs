//! Managed policies that every installation has, under the ARNs that AWS gives them.

use std::sync::LazyLock;

use crate::document::Document;

/// ARNs and what they say.
const TEXTS: &[(&str, &str)] = &[
    (
        "arn:aws:iam::aws:policy/AdministratorAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#,
    ),
    (
        "arn:aws:iam::aws:policy/AmazonAppStreamFullAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "appstream:*", "Resource": "*"}]}"#,
    ),
    (
        "arn:aws:iam::aws:policy/AmazonAppStreamReadOnlyAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["appstream:Get*", "appstream:List*", "appstream:Describe*"], "Resource": "*"}]}"#,
    ),
    (
        "arn:aws:iam::aws:policy/IAMFullAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}"#,
    ),
    (
        "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*"], "Resource": "*"}]}"#,
    ),
];

static DOCUMENTS: LazyLock<Vec<(&str, Document)>> = LazyLock::new(|| {
    // That each of them is read is tested.
    TEXTS.iter().filter_map(|(arn, text)| Some((*arn, Document::new(text).ok()?))).collect()
});

/// The document of one of them.
pub(crate) fn find(arn: &str) -> Option<&'static Document> {
    DOCUMENTS.iter().find(|(known, _)| *known == arn).map(|(_, document)| document)
}

/// All ARNs and documents.
pub(crate) fn all() -> &'static [(&'static str, Document)] {
    &DOCUMENTS
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_one_is_read() {
        assert_eq!(super::all().len(), super::TEXTS.len());
    }
}
