/** Two ends of a pipe in memory. Messages arrive in order and never inside the call that sent them. */
import type { Beside, Pipe, PipeHandlers } from "../../protocol/pipe.ts";

export interface PipeEnd extends Pipe {
  /** every text that this end sent */
  readonly sent: readonly string[];
  /** hands a text to this end's reader at once, as if the other side had sent it */
  inject(text: string, beside?: Beside): void;
  overlong(bytes: number): void;
}

export function memoryPipes(): readonly [PipeEnd, PipeEnd] {
  const handlers: [PipeHandlers | null, PipeHandlers | null] = [null, null];
  let open = true;
  const end = (own: 0 | 1): PipeEnd => {
    const other = own === 0 ? 1 : 0;
    const sent: string[] = [];
    return {
      sent,
      send(text, beside) {
        sent.push(text);
        queueMicrotask(() => {
          if (open) handlers[other]?.message(text, beside);
        });
      },
      receive(given) {
        handlers[own] = given;
      },
      close() {
        if (!open) return;
        open = false;
        queueMicrotask(() => {
          for (const each of handlers) each?.closed();
        });
      },
      inject: (text, beside) => handlers[own]?.message(text, beside),
      overlong: (bytes) => handlers[own]?.overlong(bytes),
    };
  };
  return [end(0), end(1)];
}
