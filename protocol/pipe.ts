/** A pipe carries whole text messages both ways. Unix sockets, WebSockets and MessagePorts each become one. */
export interface Pipe {
  /** `beside`: only what joins main and helper carries bytes, see frames.ts */
  send(text: string, beside?: Beside): void;
  /** called once, before any message is delivered */
  receive(handlers: PipeHandlers): void;
  close(): void;
}

/** Bytes by the name of the field of a message's parameters or result that they are. */
export type Beside = Readonly<Record<string, Uint8Array>>;

export interface PipeHandlers {
  message(text: string, beside?: Beside | null): void;
  /** a message over {@link maximumMessageBytes} was thrown away unread */
  overlong(bytes: number): void;
  closed(): void;
}
