/**
 * The Worker's end of the page's `<video>`, which shows the video region in browsers that have a MediaStreamTrackGenerator (Chromium): pictures go
 * from the decoder to the compositor, and are not drawn into the canvas first.
 *
 *   none ── a picture ──> asked ── the page has an element ──> fed ── it shows them ──> shown
 *     ^                     └─────────────── the region is over, or elsewhere ────────────┘
 *     └────────── the canvas is in sight ── closing <─┘
 *
 * The element lies over the canvas, and Worker and page paint at moments of their own. So the canvas has the region's pictures too until the
 * element shows them, and again before it is taken away: whichever of the two is seen, the picture is there.
 */
import type { StreamEvent } from "./link.ts";
import type { Rectangle } from "./picture.ts";

/** Pictures that the element did not take yet; with more it is as good as broken. */
const MAX_WAITING = 8;
/** What is painted is in sight after two animation frames; a page that nobody sees has none. */
const IN_SIGHT_MS = 100;

/** Runs something once what was painted before is in sight. */
export type WhenInSight = (run: () => void) => void;

export function whenInSight(run: () => void): void {
  let done = false;
  const once = () => {
    if (!done) {
      done = true;
      clearTimeout(timer);
      run();
    }
  };
  const timer = setTimeout(once, IN_SIGHT_MS);
  requestAnimationFrame(() => requestAnimationFrame(once));
}

/** The picture once more, said to have the region's size whatever it has: who looks at the element finds each place where it is on the screen. */
function fitted(picture: VideoFrame, { width, height }: Rectangle): VideoFrame {
  const fits = picture.displayWidth === width && picture.displayHeight === height;
  return fits ? picture.clone() : new VideoFrame(picture, { displayWidth: width, displayHeight: height });
}

type State =
  | { name: "none" }
  | { name: "asked"; place: Rectangle }
  | { name: "fed" | "shown"; place: Rectangle; writer: WritableStreamDefaultWriter<VideoFrame>; waiting: number }
  | { name: "closing" };

export class Feed {
  private state: State = { name: "none" };
  /** Of the element that is asked for or there: what is said of an earlier one counts no more. */
  private id = 0;

  /**
   * `works`: whether the page can make such an element; once one fails no other is asked for. `failed` is called when the canvas has to show what
   * the element showed.
   */
  constructor(
    private readonly tell: (event: StreamEvent) => void,
    private readonly failed: () => void,
    public works = false,
    private readonly defer: WhenInSight = whenInSight,
  ) {}

  /** Whether the element shows the region, so that the canvas need not. */
  get shows(): boolean {
    return this.state.name === "shown";
  }

  /** The region's next picture, which stays the caller's. */
  give(place: Rectangle, picture: VideoFrame): void {
    const state = this.state;
    if (state.name === "none") {
      if (this.works) {
        this.id += 1;
        const { x, y, width, height } = place;
        this.state = { name: "asked", place: { x, y, width, height } };
        this.tell({ type: "film", id: this.id, x, y, width, height });
      }
    } else if (state.name === "fed" || state.name === "shown") {
      this.write(state, picture);
    }
  }

  private write(state: Extract<State, { writer: unknown }>, picture: VideoFrame): void {
    if (state.waiting >= MAX_WAITING) {
      this.fail();
      return;
    }
    state.waiting += 1;
    const mine = fitted(picture, state.place);
    state.writer.write(mine).then(
      () => (state.waiting -= 1),
      () => {
        mine.close();
        if (this.state === state) {
          this.fail();
        }
      },
    );
  }

  /** The page has an element that shows what is written here. */
  begin(id: number, track: WritableStream<VideoFrame>): void {
    if (id === this.id && this.state.name === "asked") {
      this.state = { name: "fed", place: this.state.place, writer: track.getWriter(), waiting: 0 };
    } else {
      void track.abort().catch(() => undefined);
    }
  }

  /** The element shows the region's pictures. */
  shown(id: number): void {
    if (id === this.id && this.state.name === "fed") {
      this.state.name = "shown";
    }
  }

  /** The page's element does not work, or works no more. */
  broken(id: number): void {
    if (id === this.id && this.state.name !== "none" && this.state.name !== "closing") {
      this.fail();
    }
  }

  private fail(): void {
    console.warn("the video region is painted into the canvas from now on");
    this.works = false;
    this.failed();
    this.close();
  }

  /** Whether the region is where the element is, if there is one. */
  isAt(place: Rectangle): boolean {
    const at = "place" in this.state ? this.state.place : undefined;
    return !at || (at.x === place.x && at.y === place.y && at.width === place.width && at.height === place.height);
  }

  /** The region is over, and the canvas has been painted with what is there instead. */
  close(): void {
    const state = this.state;
    if (state.name === "none" || state.name === "closing") {
      return;
    }
    const closing: State = { name: "closing" };
    this.state = closing;
    this.defer(() => {
      this.tell({ type: "filmOver", id: this.id });
      if ("writer" in state) {
        void state.writer.close().catch(() => undefined);
      }
      if (this.state === closing) {
        this.state = { name: "none" };
      }
    });
  }
}
