/** The Worker round a StreamClient. `client` stays reachable from the browser's debugger; nothing of it is reachable from the page. */
import type { Command } from "./link.ts";
import { StreamClient } from "./stream.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const client = new StreamClient((event, transfer) => scope.postMessage(event, transfer ?? []));
scope.onmessage = (event) => client.handle(event.data);
