/** Does things in the order in which they came, though some have to wait for something first. */

interface Waiting {
  run(): void;
  ready: boolean;
}

export class InOrder {
  private waiting: Waiting[] = [];

  /** At most `limit` wait; `fail` is called with whatever goes wrong, after which nothing more is done. */
  constructor(
    private readonly limit: number,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Does it once all before it are done: at once, if there are none and nothing is to be waited for. */
  add<T>(what: Promise<T> | undefined, run: (value: T | undefined) => void): void {
    if (!what && this.waiting.length === 0) {
      run(undefined);
      return;
    }
    if (this.waiting.length === this.limit) {
      this.fail(new Error("too much waits to be decoded"));
      return;
    }
    let value: T | undefined;
    const waiting: Waiting = { run: () => run(value), ready: !what };
    const place = this.waiting;
    place.push(waiting);
    what?.then(
      (result) => {
        value = result;
        waiting.ready = true;
        // After `clear` it is of no interest any more.
        if (this.waiting === place) {
          this.go();
        }
      },
      (error: unknown) => {
        if (this.waiting === place) {
          this.clear();
          this.fail(error);
        }
      },
    );
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = [];
  }

  private go(): void {
    const place = this.waiting;
    while (this.waiting === place && place[0]?.ready) {
      try {
        place.shift()!.run();
      } catch (error) {
        this.clear();
        this.fail(error);
      }
    }
  }
}
