//! The links of instances, by netlink. Each call runs in a thread of its own, which may enter an instance's network namespace and ends there.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;

use futures_util::TryStreamExt;
use netlink_packet_route::link::{InfoData, InfoVeth, LinkAttribute};
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteScope};
use rtnetlink::{Handle, LinkMessageBuilder, LinkUnspec, LinkVeth, RouteMessageBuilder};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Of the two ends of every link: it has no others, so the same will do for all.
const HOST_END: [u8; 6] = [0x02, 0, 0, 0, 0, 1];
const INSTANCE_END: [u8; 6] = [0x02, 0, 0, 0, 0, 2];
/// What the link is called inside.
const INSIDE: &str = "eth0";

/// A link to be made.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// The host's end.
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
    pub(super) gateway: Ipv4Addr,
    /// A process in the instance's network namespace.
    pub(super) pid: i32,
}

/// Makes the link, gives both ends their addresses, and brings them up. What was called so is removed first.
pub(super) fn connect(link: Link) -> io::Result<()> {
    in_thread(move |runtime| {
        let namespace = File::open(format!("/proc/{}/ns/net", link.pid))?;
        runtime.block_on(async {
            let host = open()?;
            remove_link(&host, &link.name).await?;
            let peer = LinkMessageBuilder::<LinkUnspec>::new()
                .name(INSIDE)
                .address(INSTANCE_END.into())
                .setns_by_fd(namespace.as_raw_fd())
                .build();
            let pair = LinkVeth::new(&link.name, INSIDE)
                .address(HOST_END.into())
                .set_info_data(InfoData::Veth(InfoVeth::Peer(peer)))
                .build();
            host.link().add(pair).execute().await.map_err(io::Error::other)?;
            // Before it is up: no address of its own ever appears on it.
            set("net/ipv6/conf", &link.name, "disable_ipv6", "1")?;
            set("net/ipv4/conf", &link.name, "rp_filter", "1")?;
            set("net/ipv4/conf", &link.name, "accept_redirects", "0")?;
            set("net/ipv4/conf", &link.name, "send_redirects", "0")?;
            let index = up(&host, &link.name).await?;
            let neighbour = host.neighbours().add(index, IpAddr::V4(link.address));
            neighbour.link_layer_address(&INSTANCE_END).execute().await.map_err(io::Error::other)?;
            let way = RouteMessageBuilder::<Ipv4Addr>::new()
                .destination_prefix(link.address, 32)
                .output_interface(index)
                .scope(RouteScope::Link)
                .build();
            host.route().add(way).execute().await.map_err(io::Error::other)
        })?;
        move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))?;
        runtime.block_on(inside(&link))
    })
}

/// The instance's side, by a thread that is in its namespace.
async fn inside(link: &Link) -> io::Result<()> {
    for name in ["all", "default"] {
        set("net/ipv6/conf", name, "disable_ipv6", "1")?;
    }
    let instance = open()?;
    up(&instance, "lo").await?;
    let index = index_of(&instance, INSIDE).await?.ok_or_else(|| missing(INSIDE))?;
    let address = instance.address().add(index, IpAddr::V4(link.address), 32);
    address.execute().await.map_err(io::Error::other)?;
    up(&instance, INSIDE).await?;
    let neighbour = instance.neighbours().add(index, IpAddr::V4(link.gateway));
    neighbour.link_layer_address(&HOST_END).execute().await.map_err(io::Error::other)?;
    let gateway = RouteMessageBuilder::<Ipv4Addr>::new()
        .destination_prefix(link.gateway, 32)
        .output_interface(index)
        .scope(RouteScope::Link)
        .build();
    instance.route().add(gateway).execute().await.map_err(io::Error::other)?;
    let everywhere =
        RouteMessageBuilder::<Ipv4Addr>::new().gateway(link.gateway).output_interface(index).build();
    instance.route().add(everywhere).execute().await.map_err(io::Error::other)
}

/// Removes the host's end, and with it the other. Succeeds if there is none.
pub(super) fn disconnect(name: String) -> io::Result<()> {
    in_thread(move |runtime| runtime.block_on(async { remove_link(&open()?, &name).await }))
}

/// Makes the link that has the gateway's address, if it is not there.
pub(super) fn make_gateway(name: String, address: Ipv4Addr) -> io::Result<()> {
    in_thread(move |runtime| {
        runtime.block_on(async {
            let host = open()?;
            // A pair whose other end is never up: every kernel that makes instances' links can make it, and not every one has dummy links.
            if index_of(&host, &name).await?.is_none() {
                let pair = LinkVeth::new(&name, &format!("{name}0")).build();
                host.link().add(pair).execute().await.map_err(io::Error::other)?;
            }
            set("net/ipv6/conf", &name, "disable_ipv6", "1")?;
            let index = up(&host, &name).await?;
            let add = host.address().add(index, IpAddr::V4(address), 32).replace();
            add.execute().await.map_err(io::Error::other)
        })
    })
}

/// The networks that the host's routes lead to, but for those over links whose names begin with `own`: base, prefix, link.
pub(crate) fn networks(own: String) -> io::Result<Vec<(Ipv4Addr, u8, String)>> {
    in_thread(move |runtime| {
        runtime.block_on(async {
            let host = open()?;
            let routes: Vec<_> = host
                .route()
                .get(RouteMessageBuilder::<Ipv4Addr>::new().build())
                .execute()
                .try_collect()
                .await
                .map_err(io::Error::other)?;
            let mut networks = Vec::new();
            for route in routes {
                let mut base = Ipv4Addr::UNSPECIFIED;
                let mut link = String::new();
                for attribute in &route.attributes {
                    match attribute {
                        RouteAttribute::Destination(RouteAddress::Inet(address)) => base = *address,
                        RouteAttribute::Oif(index) => {
                            link = name_of(&host, *index).await?.unwrap_or_default();
                        }
                        _ => {}
                    }
                }
                if !link.starts_with(&own) {
                    networks.push((base, route.header.destination_prefix_length, link));
                }
            }
            Ok(networks)
        })
    })
}

fn in_thread<T: Send + 'static>(
    work: impl FnOnce(&tokio::runtime::Runtime) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        work(&runtime)
    };
    let thread = std::thread::Builder::new().name("links".into()).spawn(run)?;
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the thread for links panicked")))
}

/// A connection to the kernel, in the thread's network namespace. It ends with the runtime.
fn open() -> io::Result<Handle> {
    let (connection, handle, _) = rtnetlink::new_connection()?;
    tokio::spawn(connection);
    Ok(handle)
}

async fn index_of(handle: &Handle, name: &str) -> io::Result<Option<u32>> {
    let mut found = handle.link().get().match_name(name.to_owned()).execute();
    match found.try_next().await {
        Ok(link) => Ok(link.map(|link| link.header.index)),
        // ENODEV
        Err(rtnetlink::Error::NetlinkError(error)) if error.raw_code() == -19 => Ok(None),
        Err(error) => Err(io::Error::other(error)),
    }
}

async fn name_of(handle: &Handle, index: u32) -> io::Result<Option<String>> {
    let mut found = handle.link().get().match_index(index).execute();
    let link = found.try_next().await.map_err(io::Error::other)?;
    let name = link.into_iter().flat_map(|link| link.attributes).find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name),
        _ => None,
    });
    Ok(name)
}

async fn up(handle: &Handle, name: &str) -> io::Result<u32> {
    let index = index_of(handle, name).await?.ok_or_else(|| missing(name))?;
    let message = LinkUnspec::new_with_index(index).up().build();
    handle.link().set(message).execute().await.map_err(io::Error::other)?;
    Ok(index)
}

async fn remove_link(handle: &Handle, name: &str) -> io::Result<()> {
    let Some(index) = index_of(handle, name).await? else { return Ok(()) };
    match handle.link().del(index).execute().await {
        Ok(()) => Ok(()),
        // It went by itself meanwhile, with the instance's namespace.
        Err(rtnetlink::Error::NetlinkError(error)) if error.raw_code() == -19 => Ok(()),
        Err(error) => Err(io::Error::other(error)),
    }
}

fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no link {name}"))
}

/// Writes a kernel setting of this thread's network namespace. A kernel without IPv6 has none of its settings.
fn set(area: &str, name: &str, setting: &str, value: &str) -> io::Result<()> {
    let area = PathBuf::from("/proc/sys").join(area);
    if !area.exists() {
        return Ok(());
    }
    let path = area.join(name).join(setting);
    fs::write(&path, value)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
