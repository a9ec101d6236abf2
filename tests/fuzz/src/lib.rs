//! Fuzz targets: one for each parser that reads what others wrote.
//!
//! ```text
//! cargo xtask fuzz            libFuzzer, led by coverage ──┐
//! cargo test -p millrace-fuzz the checked-in corpus ───────┴──> Target::check ──> run + bounds of memory and time
//! ```
//!
//! A target is a function that takes any bytes and panics when something that must always hold does not: no input makes a parser panic, what is
//! read and written again is the same, what is refused is refused with an error of bounded length. [`Target::check`] adds that an input takes no
//! more memory and time than its length allows. To add one: a function in `targets/`, a line in [`TARGETS`], and a few small good inputs in
//! `corpus/NAME/`.

mod allocations;
mod http_text;
mod targets;

use std::time::Duration;

pub use targets::TARGETS;

/// What one parser is fuzzed with.
#[derive(Debug)]
pub struct Target {
    /// Of the target, and of its directory in `corpus/`.
    pub name: &'static str,
    /// Panics when something does not hold.
    pub run: fn(&[u8]),
    /// The longest input that is made up, in bytes. Longer ones find nothing new, and take longer.
    pub longest: usize,
    /// How many bytes it may allocate for each byte of the input, beside [`BASE_MEMORY`].
    pub memory_per_byte: usize,
}

/// What any input may allocate, in bytes: reports of errors, compiled patterns, a runtime.
pub const BASE_MEMORY: usize = 4 << 20;
/// What any input may take of a processor's time. Generous: what is to be found are inputs that take minutes, and builds for tests are slow.
const LONGEST: Duration = Duration::from_secs(5);

impl Target {
    /// Runs one input.
    ///
    /// # Panics
    /// When something that must hold does not. libFuzzer keeps the input then.
    pub fn check(&self, input: &[u8]) {
        let began = processor_time();
        let peak = allocations::peak_of(|| (self.run)(input));
        let took = processor_time().saturating_sub(began);
        let allowed = BASE_MEMORY + self.memory_per_byte * input.len();
        assert!(peak <= allowed, "{} bytes took {peak} bytes of memory, {allowed} are allowed", input.len());
        assert!(took <= LONGEST, "{} bytes took {took:?} of the processor", input.len());
    }
}

/// The target that `MILLRACE_FUZZ_TARGET` names.
///
/// # Panics
/// There is no such target.
pub fn chosen() -> &'static Target {
    let name = std::env::var("MILLRACE_FUZZ_TARGET").unwrap_or_default();
    let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("MILLRACE_FUZZ_TARGET must be one of {known:?}, not {name:?}"))
}

/// Runs the command, and ends the process, if this is a child that the image store started.
pub fn internal_commands() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "internal") {
        let code = millrace_driver::internal::run(arguments);
        std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
    }
}

/// Of this thread: other programs on a busy machine do not count.
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
