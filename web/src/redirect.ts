/** Where a page may be sent once its session is over: an absolute http or https address, or nowhere. */
export function safeRedirect(address: string): URL | undefined {
  try {
    const url = new URL(address);
    return url.protocol === "https:" || url.protocol === "http:" ? url : undefined;
  } catch {
    return undefined;
  }
}
