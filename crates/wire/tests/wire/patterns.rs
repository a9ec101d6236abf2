//! For every pattern of the model, values that match it and values that do not.

use millrace_wire::Operation;
use millrace_wire::schema::{Pattern, Shape, Structure};

type Examples = (&'static [&'static str], &'static [&'static str]);

const ARN: Examples = (
    &[
        "arn:aws:appstream:eu-west-1:123456789012:fleet/a",
        "arn:aws-us-gov:appstream:::image/b",
        "arn:aws-iso-b:iam::1:c",
    ],
    &[
        "",
        "arn:aws:appstream:eu-west-1:fleet/a",
        "arn:other:appstream:::a",
        "arn:aws:appstream:::a b",
        "arn:aws:appstream:::a\n",
    ],
);

const TABLE: &[(&str, Examples)] = &[
    (r"^[a-zA-Z0-9().\-/_]{3,128}$", (&["ami(1)", "a/b"], &["ab", "a,b", "a b", "abcä"])),
    (r"^[a-zA-Z0-9][a-zA-Z0-9_. -]{0,99}$", (&["a", "My app.1"], &["", " a", "a\n", "ä"])),
    (r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}$", (&["a", "My-app.1"], &["", "-a", "a b", "a\n"])),
    (
        r"^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:[A-Za-z0-9][A-Za-z0-9_/.-]{0,62}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9_/.-]{0,63}:[A-Za-z0-9][A-Za-z0-9:_/+=,@.\\-]{0,1023}$",
        ARN,
    ),
    (r"^\d+$", (&["123456789012"], &["", "12a", "١٢", "1\n"])),
    (
        r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]",
        (
            &["example.com", "a.b-c.dd"],
            &["example", "Example.com", "-a.com", "https://example.com", "example.com/"],
        ),
    ),
    (r"^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,100}$", (&["fleet", "A_1.b-c"], &["", "_a", "a/b", "ä", "a\n"])),
    (r"^[a-zA-Z0-9][a-zA-Z0-9_:/.-]{0,200}$", (&["a:b/c.d"], &["", "/a", "a b"])),
    (r"^[a-zA-Z0-9_.() -]+$", (&["An image (1)"], &["", "a,b", "a\tb"])),
    (
        r"^[a-zA-Z0-9-]+(\.[a-z0-9-]+)+\.(small|medium|large|xlarge|\d+xlarge|metal)$",
        (
            &["stream.standard.small", "stream.graphics.g5.16xlarge"],
            &["", "small", "stream.small", "stream.standard.huge", "stream.standard.small "],
        ),
    ),
    (
        r"^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:kms:[a-z0-9\-]+:\d{12}:key/[A-Za-z0-9\-]+$",
        (
            &["arn:aws:kms:eu-west-1:123456789012:key/0a-1b"],
            &["", "arn:aws:kms:eu-west-1:1:key/a", "arn:aws:kms:eu-west-1:123456789012:alias/a"],
        ),
    ),
    (r"^[^\x00]+$", (&["--flag \"ä\"\n"], &["", "a\0b"])),
    (r"^[0-9]+(\.[0-9]+){1,2}$", (&["535.1", "1.2.3"], &["", "1", "1.2.3.4", "1."])),
    (
        r"^ami-[a-z0-9]{8,17}$",
        (&["ami-0123456789abcdef0"], &["", "ami-1", "ami-ABCDEFGH", "ami-012345678901234567"]),
    ),
    (
        r"^(ami-[a-z0-9]{8,17}|[^\s/]+/[^\s]+)$",
        (
            &["ami-0123456789abcdef0", "registry.example.org:5000/tools/paint:2.1"],
            &["", "ami-1", "ami-../ x", "/a", "a/", "a b/c", "a/b\n"],
        ),
    ),
    (r"^[0-9a-z\.\-]*(?<!\.)$", (&["bucket", "a.b-c"], &["bucket.", "Bucket", "a_b"])),
    (
        r"^arn:aws(?:\-cn|\-iso\-b|\-iso|\-us\-gov)?:s3:::[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$",
        (
            &["arn:aws:s3:::bucket"],
            &["", "arn:aws:s3:::Bucket", "arn:aws:s3:::ab-", "arn:aws:s3:::bucket/key"],
        ),
    ),
    (r"[\w+=,.@-]*", (&["user", "a+b=c,d.e@f-g_h"], &["a b", "ä", "a/b", "a\n"])),
    (
        r"^(^(?!aws:).[\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
        (&["key", "Schlüssel 1", "awsome:x", "a:aws:", "!a"], &["aws:key", "aws:", "a!b", "a\tb", ""]),
    ),
    (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", (&["value", "", "aws:x ü"], &["a!", "a\nb", "a,b"])),
    (r"^[-@./#&+\w\s]*$", (&["Title", "a & b #1\t-"], &["ä", "a!", "a\u{85}"])),
    (
        r"^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$",
        (&["01234567-89ab-cdef-0123-456789abcdef"], &["", "01234567-89AB-cdef-0123-456789abcdef"]),
    ),
    (
        r"^((https?|ftp|sftp)://|mailto:)[^\s,;<>]+$",
        (
            &["https://example.com/*", "mailto:a@b"],
            &["", "example.com", "http://", "https://a b", "gopher://a"],
        ),
    ),
    (
        r"^((\w*)\s*(\w*)\s*\,\s*(\w*)\s*\,\s*\*?(\w*)\s*\,\s*\*?(\w*)\s*\,\s*\*?\d*\s*\,\s*\*?\d*\s*\,\s*[0-1]\s*\,\s*[0-1]\s*)$",
        (&["Pad Pro,Name,056A,0315,*,*,1,0", ",,,,,,1,1"], &["", "Pad", "a,b,c,d,e,f,1,2"]),
    ),
    (
        r"^[\p{L}0-9_](?:[\p{L}0-9._ ()+-]*[\p{L}0-9._()+-])?(?<!\.[eE][xX][eE])\.[eE][xX][eE]$",
        (
            &["chrome.exe", "Größe (1).EXE", "a.exe"],
            &["", "chrome", "chrome.exe.exe", " a.exe", "a .exe", "a/b.exe", "a.exe\n"],
        ),
    ),
    (r"^[A-Za-z0-9_\-\s]+$", (&["Jane Doe-1"], &["", "Jäne", "a.b"])),
    (r"[\p{L}\p{M}\p{S}\p{N}\p{P}]+", (&["jane@example.com", "jäne+1"], &["", "jane doe", "a\n"])),
    (r"^wsi-[0-9a-z]{8,63}$", (&["wsi-0123456789"], &["", "wsi-1", "ami-0123456789"])),
];

/// What matches `pattern`, and what does not. The first match is the sample that other tests use.
pub(crate) fn examples(pattern: &str) -> Examples {
    let found = TABLE.iter().find(|(known, _)| *known == pattern);
    found.unwrap_or_else(|| panic!("the table lacks the pattern {pattern}")).1
}

/// Calls `visit` for every pattern that an input holds.
fn each_pattern(structure: &Structure, visit: &mut dyn FnMut(&Pattern)) {
    structure.members.iter().for_each(|member| patterns_of(member.shape, visit));
}

fn patterns_of(shape: &Shape, visit: &mut dyn FnMut(&Pattern)) {
    match shape {
        Shape::Text(text) => text.pattern.into_iter().for_each(visit),
        Shape::List(list) => patterns_of(list.member, visit),
        Shape::Map(map) => {
            patterns_of(map.key, visit);
            patterns_of(map.value, visit);
        }
        Shape::Structure(structure) => each_pattern(structure, visit),
        Shape::Boolean | Shape::Number(_) | Shape::Timestamp => {}
    }
}

#[test]
fn every_pattern_of_the_model_tells_its_examples_apart() {
    let mut seen = std::collections::BTreeSet::new();
    for operation in Operation::ALL {
        each_pattern(operation.input_structure(), &mut |pattern| {
            if seen.insert(pattern.as_str()) {
                let (matching, other) = examples(pattern.as_str());
                for value in matching {
                    assert!(pattern.matches(value), "{} refuses {value:?}", pattern.as_str());
                }
                for value in other {
                    assert!(!pattern.matches(value), "{} takes {value:?}", pattern.as_str());
                }
            }
        });
    }
    assert!(seen.len() > 20, "{} patterns", seen.len());
}
