//! Answers: one tree, written as XML for clients of the query APIs and as JSON for the command line.

use serde_json::{Map, Value};

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Text.
    Text(String),
    /// true or false.
    Boolean(bool),
    /// A number.
    Number(i64),
    /// Entries, in order.
    List(Vec<Node>),
    /// Named members, in order.
    Members(Vec<(&'static str, Node)>),
    /// A policy document, which the query APIs write percent-encoded.
    Document(String),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Node {
    /// An answer without content.
    #[must_use]
    pub fn nothing() -> Self {
        Self::Members(Vec::new())
    }

    /// The whole answer of `action`.
    #[must_use]
    pub fn response(&self, action: &str, namespace: &str, request_id: &str) -> String {
        let mut xml = format!("<{action}Response xmlns=\"{namespace}\">");
        // Also where there is nothing in it: some clients look for it, and the others for nothing.
        self.write(&format!("{action}Result"), &mut xml);
        xml.push_str(&format!(
            "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
        ));
        xml
    }

    fn write(&self, name: &str, xml: &mut String) {
        xml.push_str(&format!("<{name}>"));
        match self {
            Self::Text(text) => escape(text, xml),
            Self::Boolean(value) => xml.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => xml.push_str(&number.to_string()),
            Self::List(entries) => entries.iter().for_each(|entry| entry.write("member", xml)),
            Self::Members(members) => members.iter().for_each(|(name, node)| node.write(name, xml)),
            Self::Document(text) => xml.extend(percent_encoding::utf8_percent_encode(text, DOCUMENT)),
        }
        xml.push_str(&format!("</{name}>"));
    }

    /// As JSON; documents become what they hold.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Boolean(value) => Value::Bool(*value),
            Self::Number(number) => Value::from(*number),
            Self::List(entries) => entries.iter().map(Self::json).collect(),
            Self::Members(members) => members
                .iter()
                .map(|(name, node)| ((*name).to_owned(), node.json()))
                .collect::<Map<_, _>>()
                .into(),
            Self::Document(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()))
            }
        }
    }
}

const DOCUMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The body of an error answer.
#[must_use]
pub(crate) fn error(code: &str, message: &str, status: u16, namespace: &str, request_id: &str) -> String {
    let mut xml = format!("<ErrorResponse xmlns=\"{namespace}\"><Error><Type>");
    xml.push_str(if status >= 500 { "Receiver" } else { "Sender" });
    xml.push_str("</Type><Code>");
    escape(code, &mut xml);
    xml.push_str("</Code><Message>");
    escape(message, &mut xml);
    xml.push_str(&format!("</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"));
    xml
}

impl crate::IamError {
    /// The body of the answer.
    #[must_use]
    pub fn xml(&self, namespace: &str, request_id: &str) -> String {
        error(self.code, &self.message, self.status, namespace, request_id)
    }
}

/// What XML 1.0 cannot hold at all becomes a replacement character.
fn escape(text: &str, xml: &mut String) {
    for character in text.chars() {
        match character {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '"' => xml.push_str("&quot;"),
            '\r' => xml.push_str("&#13;"),
            '\n' | '\t' | ' '..='\u{fffd}' | '\u{10000}'.. => xml.push(character),
            _ => xml.push('\u{fffd}'),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Node;

    #[test]
    fn xml_and_json_say_the_same() {
        let node = Node::Members(vec![
            ("UserName", "a<&>\u{1}".into()),
            ("Keys", Node::List(vec!["x".into(), Node::Number(1)])),
            ("Document", Node::Document("{\"a\": 1}".to_owned())),
            ("IsTruncated", Node::Boolean(false)),
        ]);
        assert_eq!(
            node.response("GetUser", "ns", "id"),
            "<GetUserResponse xmlns=\"ns\"><GetUserResult><UserName>a&lt;&amp;&gt;\u{fffd}</UserName><Keys><member>x</member>\
             <member>1</member></Keys><Document>%7B%22a%22%3A%201%7D</Document><IsTruncated>false</IsTruncated></GetUserResult>\
             <ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetUserResponse>"
        );
        assert_eq!(
            node.json().to_string(),
            r#"{"Document":{"a":1},"IsTruncated":false,"Keys":["x",1],"UserName":"a<&>\u0001"}"#
        );
    }
}
