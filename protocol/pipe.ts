/** A pipe carries whole text messages both ways. Unix sockets, WebSockets and MessagePorts each become one. */
export interface Pipe {
  send(text: string): void;
  /** called once, before any message is delivered */
  receive(handlers: PipeHandlers): void;
  close(): void;
}

export interface PipeHandlers {
  message(text: string): void;
  /** a message over {@link maximumMessageBytes} was thrown away unread */
  overlong(bytes: number): void;
  closed(): void;
}
