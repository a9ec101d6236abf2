/**
 * What the canvas shows: the picture in memory, and over it the video region, unless an element of the page shows that (feed.ts). A frame is
 * applied in parts and painted as one.
 */
import { Feed } from "./feed.ts";
import type { Images } from "./jpeg.ts";
import type { StreamEvent } from "./link.ts";
import { Picture } from "./picture.ts";
import type { Frame } from "./protocol.ts";
import { VideoRegion } from "./video.ts";

type Canvas = OffscreenCanvas | HTMLCanvasElement;
type Context = OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D;

/** What had to be decoded before a frame can be applied. */
export interface Decoded {
  images: Images | undefined;
  video: VideoFrame | undefined;
}

export class Painter {
  readonly picture = new Picture();
  readonly region: VideoRegion;
  readonly feed: Feed;
  private canvas: Canvas | undefined;
  private context: Context | undefined;
  private image: ImageData | undefined;
  /** The screen has another size than the canvas, until its first picture is there. */
  private resized = false;
  /** The region has a picture that is not painted yet. */
  private regionChanged = false;

  /** `noVideo`: the decoder turns out not to work. */
  constructor(
    private readonly tell: (event: StreamEvent) => void,
    noVideo: (why: unknown) => void,
  ) {
    this.region = new VideoRegion(noVideo);
    this.feed = new Feed(tell, () => this.paintRegion());
  }

  /** Where to paint; `hasFilm`: the page can show the region by an element. */
  use(canvas: Canvas, hasFilm: boolean): void {
    this.canvas = canvas;
    // Opaque, so that the compositor need not blend it. `desynchronized` and `willReadFrequently` made no difference above the noise in
    // Chromium without a GPU (key to pixel 17–19 ms p50 on a busy machine with each), so neither is asked for.
    this.context = canvas.getContext("2d", { alpha: false }) as Context;
    this.feed.works = hasFilm;
  }

  setScreen(width: number, height: number): void {
    this.picture.resize(width, height);
    this.image = new ImageData(this.picture.pixels, width, height);
    this.resized = true;
  }

  /** Applies one part of a frame. */
  apply(frame: Frame, decoded: Decoded | undefined): void {
    this.picture.apply(frame, this.endRegion(frame, decoded?.images));
    const unit = frame.operations.find((operation) => operation.kind === "video");
    if (!unit || !decoded?.video) {
      return;
    }
    if (!this.feed.isAt(unit)) {
      // Where it was the canvas shows its last picture until something else comes.
      this.closeFeed();
    }
    this.region.show(unit, decoded.video);
    this.feed.give(unit, decoded.video);
    this.regionChanged = true;
  }

  /** A region that ends leaves what it shows in the picture; one that a whole picture replaces leaves nothing. */
  private endRegion(frame: Frame, images: Images | undefined): Images | undefined {
    if (frame.whole) {
      this.region.hide();
    }
    const end = frame.operations.find((operation) => operation.kind === "endVideo");
    const pixels = end && this.region.pixels();
    if (!end || pixels?.length !== end.width * end.height) {
      return images;
    }
    this.region.hide();
    return new Map(images).set(end, pixels);
  }

  /** Brings the canvas up to date: the picture where it changed, and over it the video region. */
  paint(): void {
    const { canvas, context, image, region } = this;
    if (!canvas || !context || !image) {
      return;
    }
    if (this.resized) {
      this.fit(canvas);
    }
    let isCovered = this.regionChanged;
    this.regionChanged = false;
    for (const { x, y, width, height } of this.picture.takeChanged()) {
      context.putImageData(image, 0, 0, x, y, width, height);
      const place = region.place;
      isCovered ||= !!place && x < place.x + place.width && place.x < x + width && y < place.y + place.height && place.y < y + height;
    }
    if (isCovered && !this.feed.shows) {
      this.paintRegion();
    }
    if (!region.place) {
      this.feed.close();
    }
  }

  /** Takes the canvas to the screen's size. Setting it wipes the canvas, so the last picture stays in sight until the new one is there. */
  private fit(canvas: Canvas): void {
    const { width, height } = this.picture;
    this.resized = false;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.tell({ type: "screen", width, height });
  }

  private paintRegion(): void {
    const { shown, place } = this.region;
    if (shown && place) {
      this.context?.drawImage(shown, place.x, place.y, place.width, place.height);
    }
  }

  private closeFeed(): void {
    if (this.feed.shows) {
      this.paintRegion();
    }
    this.feed.close();
  }

  /** The page is seen again: an element may have missed what came meanwhile. */
  seen(): void {
    const { shown, place } = this.region;
    if (shown && place) {
      this.feed.give(place, shown);
    }
  }

  /** A new attach: frame numbers may begin anywhere. */
  restart(): void {
    this.picture.restart();
  }

  /** Nothing more comes for now; what is seen stays. */
  stop(): void {
    this.closeFeed();
    this.region.close();
  }
}
