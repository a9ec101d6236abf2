/** A list of the session's windows: in the toolbar's menu, and in the bar of a desktop. */
import { button, element, picture } from "./dom.ts";
import type { Desk } from "./desk.ts";
import { type RemoteWindow, WindowAction } from "./protocol.ts";
import { text } from "./text.ts";

export type ActOnWindow = (id: number, action: WindowAction) => void;

interface Item {
  item: HTMLLIElement;
  main: HTMLButtonElement;
  close: HTMLButtonElement;
  window: RemoteWindow;
  /** What the picture shows. */
  icon: string;
}

export class WindowList {
  /** Kept as long as their windows, so that the focus stays where it is when a title changes. */
  private readonly items = new Map<number, Item>();

  /** `toggles`: a click on the window in front minimises it, as in a bar of windows. */
  constructor(
    private readonly list: HTMLUListElement,
    private readonly act: ActOnWindow,
    private readonly toggles: boolean,
  ) {}

  show(desk: Desk): void {
    const ids = new Set(desk.windows.map((window) => window.id));
    for (const [id, { item }] of this.items) {
      if (!ids.has(id)) {
        item.remove();
        this.items.delete(id);
      }
    }
    for (const [index, window] of desk.windows.entries()) {
      const known = this.items.get(window.id) ?? this.make(window);
      this.update(known, window, desk);
      if (this.list.children[index] !== known.item) {
        this.list.insertBefore(known.item, this.list.children[index] ?? null);
      }
    }
  }

  private make(window: RemoteWindow): Item {
    const item = element("li", "window");
    const main = button("main", "", () => {
      const { active, minimised } = made.window;
      this.act(window.id, this.toggles && active && !minimised ? WindowAction.minimise : WindowAction.activate);
    });
    const close = button("close", "×", () => this.act(window.id, WindowAction.close));
    main.append(element("span"), element("span", "name"));
    main.dataset["window"] = String(window.id);
    item.append(main, close);
    const made: Item = { item, main, close, window, icon: "?" };
    this.items.set(window.id, made);
    return made;
  }

  private update(known: Item, window: RemoteWindow, desk: Desk): void {
    const title = desk.titleOf(window, text.aWindow);
    const application = desk.startedAs(window.application);
    known.window = window;
    known.main.lastElementChild!.textContent = known.main.title = title;
    const icon = application?.icon ?? "";
    const shown = icon || title;
    if (known.icon !== shown) {
      known.icon = shown;
      known.main.firstElementChild!.replaceWith(picture(icon, application?.displayName || title));
    }
    known.close.ariaLabel = known.close.title = text.closeWindow(title);
    known.item.classList.toggle("active", window.active);
    known.item.classList.toggle("minimised", window.minimised);
    known.main.ariaCurrent = String(window.active);
  }
}
