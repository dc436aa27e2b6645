/** MessageChannelMain: two ports in this process, one of which may move into a page. Carries text only. */
import { StrictEmitter } from "./strict.ts";

/** the far end of a port that moved into a page */
export interface PortInPage {
  post(text: string): void;
  close(): void;
}

export class MessagePortMain extends StrictEmitter {
  #other: MessagePortMain | null = null;
  #page: PortInPage | null = null;
  #started = false;
  #closed = false;
  #moved = false;
  #arrived: string[] = [];

  constructor() {
    super("MessagePortMain", ["message", "close"]);
  }

  postMessage(message: unknown): void {
    if (this.#moved) throw new Error("this port was transferred");
    if (typeof message !== "string") throw new Error("the stand-in's ports carry text only");
    if (this.#closed) return;
    if (this.#page !== null) this.#page.post(message);
    else this.#other?.arrive(message);
  }

  start(): void {
    if (this.#moved) throw new Error("this port was transferred");
    this.#started = true;
    this.#deliver();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#page?.close();
    this.#other?.theOtherClosed();
    queueMicrotask(() => this.emit("close"));
  }

  /** for the stand-in: this end goes into a page; what was posted to it until now goes along */
  moveInto(page: PortInPage): MessagePortMain {
    const other = this.#other;
    if (this.#moved || this.#started || other === null) throw new Error("this port cannot be transferred");
    this.#moved = true;
    other.#other = null;
    other.#page = page;
    for (const text of this.#arrived) page.post(text);
    this.#arrived = [];
    return other;
  }

  /** for the stand-in */
  entangle(other: MessagePortMain): void {
    this.#other = other;
  }

  arrive(text: string): void {
    this.#arrived.push(text);
    queueMicrotask(() => this.#deliver());
  }

  theOtherClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    // after what is still on its way
    queueMicrotask(() => this.emit("close"));
  }

  #deliver(): void {
    if (!this.#started) return;
    for (const data of this.#arrived.splice(0)) this.emit("message", { data, ports: [] });
  }
}

export class MessageChannelMain {
  readonly port1 = new MessagePortMain();
  readonly port2 = new MessagePortMain();

  constructor() {
    this.port1.entangle(this.port2);
    this.port2.entangle(this.port1);
  }
}
