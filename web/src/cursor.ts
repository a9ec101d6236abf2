/** The remote cursor's shape as a CSS cursor: the browser draws it, so it moves without a round trip. */

export interface CursorShape {
  width: number;
  height: number;
  hotspotX: number;
  hotspotY: number;
  rgba: Uint8Array<ArrayBuffer>;
}

/** The value of `cursor`; of an empty shape, `none`. One remote pixel takes `scale` device pixels, as the picture's do. */
export function cursorStyle(shape: CursorShape, scale: number, devicePixelRatio: number): string {
  if (shape.width === 0 || shape.height === 0) {
    return "none";
  }
  const canvas = document.createElement("canvas");
  canvas.width = shape.width;
  canvas.height = shape.height;
  const context = canvas.getContext("2d");
  if (!context) {
    return "default";
  }
  context.putImageData(new ImageData(new Uint8ClampedArray(shape.rgba.buffer), shape.width, shape.height), 0, 0);
  const url = `url(${canvas.toDataURL()})`;
  // How many image pixels go into a CSS pixel. Cursors that would become larger than 128 CSS pixels are ignored by browsers.
  const density = Math.max(devicePixelRatio / scale, Math.max(shape.width, shape.height) / 128);
  const x = Math.floor(Math.min(shape.hotspotX, shape.width - 1) / density);
  const y = Math.floor(Math.min(shape.hotspotY, shape.height - 1) / density);
  return Math.abs(density - 1) < 0.02 ? `${url} ${x} ${y}, default` : `image-set(${url} ${density}x) ${x} ${y}, default`;
}
