// Runs in the page, once it is called: what a person would object to. Sizes, contrast and names as they are at this moment, not as a style sheet means them.
globalThis.millraceJudge = (() => {
  /** WCAG 2.1, 1.4.3: what text of an ordinary size has to have. */
  const LEAST_CONTRAST = 4.5;
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** Any colour of CSS as red, green, blue and alpha. */
  const rgba = (colour) => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return { channels: [red, green, blue], alpha: alpha / 255 };
  };
  const over = ({ channels, alpha }, under) => channels.map((channel, index) => channel * alpha + under[index] * (1 - alpha));

  /** Every ground that may lie below an element: the ends of a gradient each, and black and white under what is see-through over the picture. */
  const grounds = (element) => {
    const layers = [];
    let last = [[0, 0, 0], [255, 255, 255]];
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at);
      const stops = backgroundImage.match(/(rgba?|color)\([^)]*\)/g);
      if (stops) {
        last = stops.map((stop) => rgba(stop).channels);
        break;
      }
      const colour = rgba(backgroundColor);
      if (colour.alpha > 0) layers.push(colour);
      if (colour.alpha === 1) break;
    }
    return last.map((ground) => layers.reduceRight((under, layer) => over(layer, under), ground));
  };

  const luminance = (channels) => {
    const [red, green, blue] = channels.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };

  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".unseen, [aria-hidden=true]");
  const nameOf = (element) => element.id || element.className || element.tagName.toLowerCase();

  /** Elements with words of their own that can be seen. */
  const worded = () =>
    [...document.body.querySelectorAll("*")].filter(
      (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) && seen(element),
    );

  /** Part of a box that scrolls by design: it may hold more than it shows. */
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowY);
  const shortened = (element) => getComputedStyle(element).textOverflow === "ellipsis";

  const overflowing = () => {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => seen(element) && !shortened(element) && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && getComputedStyle(element).display !== "inline",
    );
    const outside = worded().filter((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      let holder = element.parentElement;
      while (holder && !scrolls(holder)) holder = holder.parentElement;
      return left < 0 || right > innerWidth + 0.5 || (!holder && (top < 0 || bottom > innerHeight + 0.5));
    });
    return [...wide.map((element) => `${nameOf(element)} is wider than its box`), ...outside.map((element) => `${nameOf(element)} reaches out of the window`)];
  };

  const faint = () =>
    worded().flatMap((element) => {
      const ink = rgba(getComputedStyle(element).color);
      const least = Math.min(...grounds(element).map((ground) => contrast(over(ink, ground), ground)));
      return least < LEAST_CONTRAST ? [`${nameOf(element)} has a contrast of ${least.toFixed(2)}`] : [];
    });

  /** Boxes that lie over the page, and must not lie over each other. */
  const FLOATING = ["#toolbar", "#warning", "#toast", "#figures", "#taskbar", "#notice .card", "dialog[open]"];
  const overlapping = () => {
    const boxes = FLOATING.flatMap((selector) => {
      const element = document.querySelector(selector);
      return element && seen(element) && element.getBoundingClientRect().width > 0 ? [{ selector, ...element.getBoundingClientRect().toJSON() }] : [];
    });
    const modal = document.querySelector("dialog[open]");
    return boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter((other) => !modal && one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
        .map((other) => `${one.selector} lies over ${other.selector}`),
    );
  };

  /** What is wrong with the page as it is. */
  const judge = () => [...overflowing(), ...faint(), ...overlapping()];

  /** The element that has the focus, and whether that can be seen. */
  const focus = () => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return { id: element.id || element.dataset.application || element.dataset.keys || element.className, ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
  };

  /** All that can be seen, as text. */
  const words = () => worded().map((element) => element.textContent.trim()).join("\n");

  return { judge, focus, words };
})();
