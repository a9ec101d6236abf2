/** The catalogue: the applications that the user can start, over the whole page. */
import { button, byId, element, picture } from "./dom.ts";
import type { CatalogueApplication } from "./protocol.ts";
import { text } from "./text.ts";

/** With more applications than these it can be searched. */
const FEW = 12;

export interface CatalogueHost {
  launch(application: CatalogueApplication): void;
  /** It was closed by the user, or by what it started. */
  closed(): void;
}

export class Catalogue {
  readonly element = byId("catalogue");
  private readonly list = byId<HTMLUListElement>("application-list");
  private readonly search = byId<HTMLInputElement>("search");
  private readonly none = byId("no-applications");
  private readonly closeButton = byId<HTMLButtonElement>("catalogue-close");

  constructor(private readonly host: CatalogueHost) {
    byId("catalogue-title").textContent = text.catalogueTitle;
    this.search.ariaLabel = this.search.placeholder = text.search;
    this.closeButton.ariaLabel = this.closeButton.title = text.close;
    this.closeButton.addEventListener("click", () => this.close());
    this.search.addEventListener("input", () => this.filter());
    this.element.addEventListener("keydown", (event) => this.key(event));
    // A click beside the entries closes it, where there is something behind it.
    this.element.addEventListener("pointerdown", (event) => {
      if (event.target === this.element) {
        this.close();
      }
    });
  }

  get shown(): boolean {
    return !this.element.hidden;
  }

  setApplications(applications: CatalogueApplication[]): void {
    this.list.replaceChildren(...applications.map((application) => this.entry(application)));
    this.search.hidden = applications.length <= FEW;
    this.element.style.setProperty("--count", String(applications.length));
    this.none.textContent = applications.length === 0 ? text.noApplications : text.noneFound;
    this.filter();
  }

  /** Marks those that have a window. */
  setOpen(names: Set<string>): void {
    for (const entry of this.entries()) {
      const open = names.has(entry.dataset["application"] ?? "");
      entry.classList.toggle("open", open);
      entry.ariaDescription = open ? text.isOpen : "";
    }
  }

  /** `closable`: there is something behind it to go back to. */
  show(closable: boolean): void {
    this.closeButton.hidden = !closable;
    if (!this.shown) {
      this.element.hidden = false;
      this.search.value = "";
      this.filter();
      this.focus();
    }
  }

  /** To where the user begins. */
  focus(): void {
    (this.search.hidden ? this.entries()[0] : this.search)?.focus({ preventScroll: true });
  }

  hide(): void {
    this.element.hidden = true;
  }

  private close(): void {
    if (this.shown && !this.closeButton.hidden) {
      this.hide();
      this.host.closed();
    }
  }

  private entry(application: CatalogueApplication): HTMLLIElement {
    const name = application.displayName || application.name;
    const entry = button("", "", () => {
      this.hide();
      this.host.launch(application);
      this.host.closed();
    });
    entry.dataset["application"] = application.name;
    entry.append(picture(application.icon, name), element("span", "name", name));
    const item = element("li");
    item.append(entry);
    return item;
  }

  private entries(): HTMLButtonElement[] {
    return [...this.list.querySelectorAll("button")].filter((entry) => !entry.parentElement?.hidden);
  }

  private filter(): void {
    const wanted = this.search.value.trim().toLocaleLowerCase();
    for (const item of this.list.children) {
      (item as HTMLElement).hidden = !item.textContent?.toLocaleLowerCase().includes(wanted);
    }
    this.none.hidden = this.entries().length > 0;
  }

  private key(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && event.target === this.search) {
      this.entries()[0]?.click();
    } else if (event.key.startsWith("Arrow")) {
      this.move(event);
    }
  }

  /** Arrows go through the entries as they lie. */
  private move(event: KeyboardEvent): void {
    const entries = this.entries();
    const at = entries.indexOf(document.activeElement as HTMLButtonElement);
    if (at < 0) {
      if (event.key === "ArrowDown") {
        event.preventDefault();
        entries[0]?.focus();
      }
      return;
    }
    const top = entries[0]!.getBoundingClientRect().top;
    const columns = entries.filter((entry) => entry.getBoundingClientRect().top === top).length;
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    event.preventDefault();
    entries[at + (steps[event.key] ?? 0)]?.focus();
  }
}
