//! How a process that faces strangers gives up everything that it does not need.
//!
//! ```text
//! root, all files ──> own file tree ──> own ids, no capabilities ──> no_new_privs, not dumpable ──> filtered system calls
//! ```
//!
//! It is for a process that starts as root, opens what only root may open, and then serves as somebody else. What it opened before stays open; a path
//! leads nowhere afterwards but into its own directory.

mod filter;
mod needed;
mod tree;

use std::fs;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{Gid, Uid};
use rustix::process::{DumpableBehavior, Resource, Rlimit, Signal};
use rustix::thread::{CapabilitySet, CapabilitySets, LinkNameSpaceType};

pub use needed::needed_by_the_driver;

use crate::sys;

/// Who a process becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Not 0.
    pub user: u32,
    /// Not 0. There are no further groups.
    pub group: u32,
}

/// Why a process could not be confined. It must end then: it may have given up half.
#[derive(Debug, thiserror::Error)]
#[error("{action} failed")]
pub struct ConfineError {
    action: &'static str,
    #[source]
    source: io::Error,
}

fn failed(action: &'static str) -> impl Fn(io::Error) -> ConfineError {
    move |source| ConfineError { action, source }
}

/// Makes this process `identity`'s for good. Afterwards it can do nothing but compute, use what is open, talk over sockets, and read and write below
/// `own`, an existing directory of `identity`'s, which keeps its path; all other paths are gone. It starts no process and gets no capability again.
///
/// For a process of root's with one thread.
///
/// # Errors
/// [`ConfineError`]; also where the process has more than one thread, since ids and capabilities belong to threads.
pub fn confine(identity: Identity, own: &Path) -> Result<(), ConfineError> {
    only_thread().map_err(failed("looking for other threads"))?;
    tree::enter(own).map_err(failed("making a file tree of its own"))?;
    drop_bounding_set(CapabilitySet::empty()).map_err(failed("giving up capabilities"))?;
    become_user(identity).map_err(failed("changing to the server's user"))?;
    give_up_the_rest()
}

/// Makes this process the user `id`'s of the host for good (none: it is an ordinary user's already), with no capability, no new processes and the system
/// calls that a process needs which serves strangers or asks something of them. What files of the host that user may reach, it reaches. It dies with
/// the thread that started it.
///
/// It is alone in a user namespace, as root of that: who made a namespace may end its processes, and the host process has no CAP_KILL to end those
/// of others with.
///
/// For a process with one thread.
///
/// # Errors
/// [`ConfineError`]; also where the process has more than one thread.
pub fn step_down(id: Option<u32>) -> Result<(), ConfineError> {
    only_thread().map_err(failed("looking for other threads"))?;
    if let Some(id) = id {
        enter_namespace(id).map_err(failed("changing to another user"))?;
    }
    // Only now: other ids take it back.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))
        .map_err(io::Error::from)
        .map_err(failed("asking to die with the parent"))?;
    give_up_the_rest()
}

fn enter_namespace(id: u32) -> io::Result<()> {
    if id == 0 {
        return Err(io::Error::other("that is root"));
    }
    let namespace = sys::user_namespace(id, 1)?;
    rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::User))?;
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(Gid::ROOT, Gid::ROOT, Gid::ROOT)?;
    Ok(rustix::thread::set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT)?)
}

fn give_up_the_rest() -> Result<(), ConfineError> {
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    rustix::thread::set_capabilities(None, sets)
        .map_err(io::Error::from)
        .map_err(failed("giving up capabilities"))?;
    rustix::thread::set_no_new_privs(true)
        .map_err(io::Error::from)
        .map_err(failed("giving up new privileges"))?;
    hide_memory().map_err(failed("hiding the memory"))?;
    filter::install().map_err(failed("filtering system calls"))
}

/// Gives up all capabilities but these, for this process and for whatever it starts, also where that belongs to root. (In a user namespace of its own a
/// program may have others, over what is in there.) Of these it keeps those that it has.
///
/// For a process of root's with one thread.
///
/// # Errors
/// [`ConfineError`]; also where the process has more than one thread.
pub fn keep_capabilities(needed: CapabilitySet) -> Result<(), ConfineError> {
    only_thread().map_err(failed("looking for other threads"))?;
    let give_up = || {
        let held = rustix::thread::capabilities(None)?.permitted & needed;
        drop_bounding_set(held)?;
        let sets = CapabilitySets { effective: held, permitted: held, inheritable: CapabilitySet::empty() };
        Ok(rustix::thread::set_capabilities(None, sets)?)
    };
    give_up().map_err(failed("giving up capabilities"))
}

/// Keeps this process's memory, which holds keys, from other processes of its user and from files on disk.
///
/// # Errors
/// The system refuses.
pub fn hide_memory() -> io::Result<()> {
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

fn only_thread() -> io::Result<()> {
    match fs::read_dir("/proc/self/task")?.count() {
        1 => Ok(()),
        more => Err(io::Error::other(format!("there are {more}"))),
    }
}

fn drop_bounding_set(but: CapabilitySet) -> io::Result<()> {
    rustix::thread::clear_ambient_capability_set()?;
    for capability in CapabilitySet::all().difference(but).iter() {
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            // Newer than this kernel.
            Ok(()) | Err(rustix::io::Errno::INVAL) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn become_user(identity: Identity) -> io::Result<()> {
    if identity.user == 0 || identity.group == 0 {
        return Err(io::Error::other("that is root"));
    }
    let (user, group) = (Uid::from_raw(identity.user), Gid::from_raw(identity.group));
    rustix::thread::set_thread_groups(&[])?;
    rustix::thread::set_thread_res_gid(group, group, group)?;
    Ok(rustix::thread::set_thread_res_uid(user, user, user)?)
}
