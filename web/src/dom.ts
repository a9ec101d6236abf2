/** What several parts of the page need of the document. */

export function byId<E extends HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`the page has no #${id}`);
  }
  return element as E;
}

export function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

export function button(className: string, text: string, run: () => void): HTMLButtonElement {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", run);
  return made;
}

/** An application's picture: its icon, else its first letter. Its name stands beside it, so that it is nothing to be read out. */
export function picture(icon: string, name: string): HTMLElement {
  if (icon === "") {
    const letter = element("span", "picture letter", [...name][0]?.toLocaleUpperCase() ?? "");
    letter.ariaHidden = "true";
    return letter;
  }
  const image = element("img", "picture");
  image.src = icon;
  image.alt = "";
  image.draggable = false;
  return image;
}
