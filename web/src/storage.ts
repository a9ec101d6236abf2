/**
 * What this tab keeps over a reload. Browsers may refuse it to a page in a frame of another site: then it lasts as long as the page, and a reload
 * needs a new link.
 */
const memory = new Map<string, string>();

/** The tab's storage, if it may be used now. */
function storage(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}

export function keep(key: string, value: string): void {
  memory.set(key, value);
  try {
    storage()?.setItem(key, value);
  } catch (error) {
    // It is full, or has no room at all (private windows of some browsers).
    console.warn("the tab's storage takes nothing", error);
  }
}

export function kept(key: string): string | undefined {
  return storage()?.getItem(key) ?? memory.get(key);
}

export function forget(key: string): void {
  memory.delete(key);
  storage()?.removeItem(key);
}
