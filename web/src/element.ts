/**
 * The page's `<video>` over the canvas, which shows the video region while it plays (see feed.ts for the Worker's end). It lies below the canvas
 * until it plays, and is gone when the Worker says that the canvas shows what is there instead.
 */
import { within } from "./layout.ts";
import type { SendCommand, StreamEvent } from "./link.ts";
import type { View } from "./view.ts";

/** Chromium's alone: a track of the pictures that are written into it. */
declare class MediaStreamTrackGenerator extends MediaStreamTrack {
  constructor(init: { kind: "video" });
  readonly writable: WritableStream<VideoFrame>;
}

/**
 * It is taken to play once it has presented so many pictures: until then the canvas shows them. Now and then a film stood still for a second as the
 * element took over with its first, though pictures went to it (docs/figures.md).
 */
const PICTURES_THAT_PLAY = 5;

type Film = Extract<StreamEvent, { type: "film" }>;

interface Showing {
  film: Film;
  video: HTMLVideoElement;
  track: MediaStreamTrackGenerator;
}

/** Whether this browser can show pictures that way. */
export function canShowFilm(): boolean {
  return typeof MediaStreamTrackGenerator === "function" && typeof HTMLVideoElement.prototype.requestVideoFrameCallback === "function";
}

export class FilmElement {
  private showing: Showing | undefined;

  constructor(
    private readonly view: View,
    private readonly send: SendCommand,
  ) {
    view.onPlaced = () => this.layOut();
  }

  open(film: Film): void {
    this.remove();
    const video = document.createElement("video");
    video.className = "film";
    video.muted = true;
    video.playsInline = true;
    video.disablePictureInPicture = true;
    video.ariaHidden = "true";
    const track = new MediaStreamTrackGenerator({ kind: "video" });
    const showing = { film, video, track };
    this.showing = showing;
    const broken = () => this.showing === showing && this.send({ type: "filmBroken", id: film.id });
    for (const end of ["pause", "ended", "error"]) {
      video.addEventListener(end, broken);
    }
    this.whenItPlays(video, PICTURES_THAT_PLAY, () => this.shown(showing));
    video.srcObject = new MediaStream([track]);
    this.layOut();
    this.view.screen.after(video);
    video.play().catch(broken);
    const { writable } = track;
    this.send({ type: "track", id: film.id, writable }, [writable]);
  }

  private whenItPlays(video: HTMLVideoElement, pictures: number, run: () => void): void {
    video.requestVideoFrameCallback(() => (pictures > 1 ? this.whenItPlays(video, pictures - 1, run) : run()));
  }

  private shown(showing: Showing): void {
    if (this.showing !== showing) {
      return;
    }
    const { film, video } = showing;
    video.classList.add("shown");
    // What shows remote pixels says so, and where (docs/stream-protocol.md).
    video.dataset["testid"] = "screen";
    video.dataset["x"] = String(film.x);
    video.dataset["y"] = String(film.y);
    this.send({ type: "filmShown", id: film.id });
  }

  close(id: number): void {
    if (this.showing?.film.id === id) {
      this.remove();
    }
  }

  private remove(): void {
    const showing = this.showing;
    this.showing = undefined;
    if (showing) {
      showing.video.remove();
      showing.video.srcObject = null;
      showing.track.stop();
    }
  }

  private layOut(): void {
    if (!this.showing) {
      return;
    }
    const { film, video } = this.showing;
    const placement = this.view.remotePlacement;
    const { left, top, width, height } = within(film, placement, this.view.remoteSize);
    video.style.left = `${left}px`;
    video.style.top = `${top}px`;
    video.style.width = `${width}px`;
    video.style.height = `${height}px`;
  }
}
