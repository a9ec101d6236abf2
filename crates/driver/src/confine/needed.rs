//! Which of root's powers the driver and the image store use, and what for. Each was found by taking it away and seeing tests of whole pods fail.
//!
//! CAP_KILL is not among them, although instances are ended: root made their user namespaces, and the kernel gives whoever made one all powers over the
//! processes in it.

use rustix::thread::CapabilitySet;

const NEEDED: &[CapabilitySet] = &[
    // Directories and files of instances belong to ids of theirs.
    CapabilitySet::CHOWN,
    // To write and remove what belongs to those ids.
    CapabilitySet::DAC_OVERRIDE,
    // What the processes keep that unpack and pack layers: to read, and no more.
    CapabilitySet::DAC_READ_SEARCH,
    // To change modes of files that belong to those ids, and to remove them from sticky directories.
    CapabilitySet::FOWNER,
    // What the administrator's root in an image builder does to a file, the kernel does to the builder's layer with the rights of who mounted it:
    // set-group-ID bits for groups other than root's, and capabilities of files. Without these the bit is dropped in silence.
    CapabilitySet::FSETID,
    CapabilitySet::SETFCAP,
    // To become one of those ids, and to write id mappings.
    CapabilitySet::SETGID,
    CapabilitySet::SETUID,
    // The forwarder of names binds port 53 of the instances' gateway address.
    CapabilitySet::NET_BIND_SERVICE,
    // Links of instances, and the table of rules.
    CapabilitySet::NET_ADMIN,
    // Layers are unpacked and packed with their directory as the root.
    CapabilitySet::SYS_CHROOT,
    // runc opens the mount namespace of what it has started in another user namespace. (crun does without.)
    CapabilitySet::SYS_PTRACE,
    // Mounts, namespaces, cgroups, loop devices.
    CapabilitySet::SYS_ADMIN,
];

/// What of root's capabilities the driver needs, with the programs that it starts on the host.
#[must_use]
pub fn needed_by_the_driver() -> CapabilitySet {
    NEEDED.iter().copied().collect()
}
