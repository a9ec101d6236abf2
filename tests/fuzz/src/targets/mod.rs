//! The targets, by what they read.

mod api;
mod config;
mod gateway;
mod iam;
mod image;
mod registry;
mod stream;
mod tokens;
mod values;

use crate::Target;

/// All of them. `cargo xtask fuzz` takes their names from here.
pub const TARGETS: &[Target] = &[
    Target { name: "api-cbor", run: api::cbor, longest: 16 << 10, memory_per_byte: 2048 },
    Target { name: "api-json", run: api::json, longest: 16 << 10, memory_per_byte: 2048 },
    Target { name: "api-routing", run: api::routing, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "api-signature", run: api::signature, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "configuration", run: config::configuration, longest: 8 << 10, memory_per_byte: 2048 },
    Target { name: "admin-request", run: config::admin_request, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "host-call", run: config::host_call, longest: 8 << 10, memory_per_byte: 256 },
    Target { name: "iam-query", run: iam::query, longest: 8 << 10, memory_per_byte: 2048 },
    Target { name: "policy-document", run: iam::policy, longest: 8 << 10, memory_per_byte: 1024 },
    Target { name: "desktop-entry", run: image::desktop_entry, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "image-user", run: image::user, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "image-layout", run: image::layout, longest: 16 << 10, memory_per_byte: 256 },
    Target { name: "image-archive", run: image::archive, longest: 16 << 10, memory_per_byte: 256 },
    Target { name: "registry", run: registry::registry, longest: 8 << 10, memory_per_byte: 256 },
    Target { name: "gateway-request", run: gateway::request, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "stream-from-agent", run: stream::from_agent, longest: 16 << 10, memory_per_byte: 64 },
    Target { name: "stream-from-browser", run: stream::from_browser, longest: 4 << 10, memory_per_byte: 64 },
    Target {
        name: "stream-from-launcher",
        run: stream::from_launcher,
        longest: 4 << 10,
        memory_per_byte: 64,
    },
    Target { name: "stream-to-agent", run: stream::to_agent, longest: 4 << 10, memory_per_byte: 64 },
    Target { name: "stream-to-browser", run: stream::to_browser, longest: 16 << 10, memory_per_byte: 64 },
    Target { name: "stream-to-launcher", run: stream::to_launcher, longest: 4 << 10, memory_per_byte: 64 },
    Target { name: "stream-input", run: stream::input, longest: 4 << 10, memory_per_byte: 256 },
    Target { name: "ticket", run: tokens::ticket, longest: 4 << 10, memory_per_byte: 64 },
    Target { name: "grant", run: tokens::grant, longest: 8 << 10, memory_per_byte: 256 },
    Target { name: "page-token", run: values::page_token, longest: 1 << 10, memory_per_byte: 64 },
    Target { name: "names", run: values::names, longest: 512, memory_per_byte: 64 },
    Target { name: "tags", run: values::tags, longest: 4 << 10, memory_per_byte: 256 },
];
