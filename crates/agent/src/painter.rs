//! The thread that makes frames: it reads the screen's pixels and encodes them, so that input never waits behind either.
//!
//! It makes one frame at a time. The loop hands it a [`Job`], goes on, and takes the [`Painted`] frame when [`Painter::fd`] says so.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};
use millrace_stream::frame::{FrameHeader, FrameWriter, Operation, Rect};
use rustix::event::{EventfdFlags, eventfd};

use crate::clock;
use crate::framebuffer::Framebuffer;
use crate::log::log;
use crate::picture::{Encoder, Grid, Link, Picture};

/// A frame to be made.
pub(crate) struct Job {
    /// Without what only the painter knows: which part it is, when it was captured and encoded.
    pub(crate) header: FrameHeader,
    /// Where the screen may differ from what the viewer has; its size is the screen's.
    pub(crate) damage: Grid,
    pub(crate) link: Link,
    /// The film has changed too, and is left to the next frame.
    pub(crate) film_waits: bool,
}

/// What became of a job.
pub(crate) struct Painted {
    /// The frame's messages, with their lengths in front; empty if no pixel differs from what the viewer has.
    pub(crate) messages: Vec<u8>,
    /// When its pixels had been read (server time, µs).
    pub(crate) captured: u64,
    /// When the next frame is due although nothing changes (server time, µs).
    pub(crate) repair_due: Option<u64>,
    /// Where a film plays.
    pub(crate) film: Option<Rect>,
}

/// One viewer's painter. Dropping it waits for the frame at hand.
pub(crate) struct Painter {
    /// Some until it is dropped.
    jobs: Option<SyncSender<Job>>,
    painted: Receiver<Result<Painted>>,
    done: Arc<OwnedFd>,
    thread: Option<JoinHandle<()>>,
}

impl Painter {
    /// For a viewer that has no picture yet.
    pub(crate) fn start(framebuffer: Arc<Framebuffer>) -> Result<Self> {
        let done = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK).context("making an eventfd")?;
        let done = Arc::new(done);
        let (jobs, incoming) = sync_channel(1);
        let (outgoing, painted) = sync_channel(1);
        let tell = Arc::clone(&done);
        let thread = std::thread::Builder::new().name("painter".into()).spawn(move || {
            let mut canvas = None;
            while let Ok(job) = incoming.recv() {
                if outgoing.send(paint(&framebuffer, &mut canvas, &job)).is_err() {
                    return;
                }
                if let Err(error) = rustix::io::write(&tell, &1_u64.to_ne_bytes()) {
                    log(format_args!("telling that a frame is made: {error}"));
                }
            }
        });
        let thread = thread.context("starting the painter")?;
        Ok(Self { jobs: Some(jobs), painted, done, thread: Some(thread) })
    }

    /// Readable when a frame is made.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.done.as_fd()
    }

    /// Hands over the next job; the one before must have been taken.
    pub(crate) fn paint(&self, job: Job) -> Result<()> {
        let is_taken = match &self.jobs {
            Some(jobs) => jobs.try_send(job).is_ok(),
            None => false,
        };
        if is_taken { Ok(()) } else { Err(anyhow!("the painter has ended or is busy")) }
    }

    /// The frame, if it is made.
    pub(crate) fn take(&self) -> Result<Option<Painted>> {
        match self.painted.try_recv() {
            Ok(painted) => {
                // The eventfd is written after the frame is handed over: what is left in it wakes the loop once more, for nothing.
                match rustix::io::read(&self.done, &mut [0; 8]) {
                    Ok(_) | Err(rustix::io::Errno::AGAIN) => {}
                    Err(error) => return Err(error).context("reading an eventfd"),
                }
                painted.map(Some)
            }
            Err(TryRecvError::Empty) => match rustix::io::read(&self.done, &mut [0; 8]) {
                Ok(_) | Err(rustix::io::Errno::AGAIN) => Ok(None),
                Err(error) => Err(error).context("reading an eventfd"),
            },
            Err(TryRecvError::Disconnected) => Err(anyhow!("the painter has ended")),
        }
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        self.jobs = None;
        // There is at most one frame, for which there is room: the thread does not wait for us.
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            log(format_args!("the painter panicked"));
        }
    }
}

/// The screen as it was last read, and what the viewer has of it.
struct Canvas {
    picture: Picture,
    encoder: Encoder,
    /// What a pixel of the video region costs, in µs of this thread's own time, smoothed: what others take of the processor would be taken of any
    /// other codec, too.
    video_micros_per_pixel: Option<f64>,
}

fn paint(framebuffer: &Framebuffer, canvas: &mut Option<Canvas>, job: &Job) -> Result<Painted> {
    let (width, height) = job.damage.size();
    let fits = |canvas: &Canvas| (canvas.picture.width(), canvas.picture.height()) == (width, height);
    if !canvas.as_ref().is_some_and(fits) {
        // The old one's memory goes before the new one's comes.
        *canvas = None;
        let encoder = Encoder::new(width, height).context("zstd")?;
        *canvas =
            Some(Canvas { picture: Picture::new(width, height), encoder, video_micros_per_pixel: None });
    }
    let Canvas { picture, encoder, video_micros_per_pixel } =
        canvas.as_mut().context("a canvas was just made")?;
    if job.header.whole_picture {
        encoder.forget();
    }
    for run in job.damage.runs() {
        framebuffer.read(picture, run);
    }
    let captured = clock::now();
    if job.film_waits {
        encoder.film_waits(captured);
    }
    let mut writer: Option<FrameWriter> = None;
    let mut messages = Vec::new();
    let link = Link { video_micros_per_pixel: *video_micros_per_pixel, ..job.link };
    let begun = clock::thread_micros();
    encoder.encode(picture, &job.damage, (captured, link), |operation| -> Result<()> {
        if let Operation::Video { to, .. } = &operation {
            // The region comes first: until here the time was its own, but for comparing.
            let now = (clock::thread_micros() - begun) as f64 / f64::from(to.area());
            *video_micros_per_pixel =
                Some(video_micros_per_pixel.map_or(now, |known| (known * 7.0 + now) / 8.0));
        }
        let header = FrameHeader { captured, ..job.header };
        let writer = writer.get_or_insert_with(|| FrameWriter::new(header));
        Ok(writer.push(&operation, clock::now(), &mut messages)?)
    })?;
    if let Some(writer) = writer {
        writer.finish(clock::now(), &mut messages)?;
    }
    Ok(Painted { messages, captured, repair_due: encoder.repair_due(), film: encoder.film() })
}
