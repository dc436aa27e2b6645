/** Bytes gathered and written about every megabyte: some blocks are on their way while the next is filled. */
export interface TextSink {
  /** makes room for so many bytes at `at`: where there is none, what was gathered goes first */
  room(longest: number): Promise<void>;
  bytes: Buffer;
  at: number;
  /** all that was gathered has arrived */
  flush(): Promise<void>;
}

const blockBytes = 1 << 20;
const mostBlocks = 4;

/** `write` may keep the bytes until it resolves; it is called for one block after the other. */
export function createTextSink(write: (bytes: Uint8Array) => Promise<void>): TextSink {
  const spare: Buffer[] = [];
  let blocks = 1;
  let written: Promise<void> = Promise.resolve();
  const waiting: Promise<void>[] = [];

  const send = (full: Buffer, length: number): void => {
    written = written.then(async () => {
      await write(full.subarray(0, length));
      spare.push(full);
    });
    // who waits for it next is told
    written.catch(() => undefined);
    waiting.push(written);
  };
  const another = async (longest: number): Promise<Buffer> => {
    if (spare.length === 0 && blocks < mostBlocks) {
      blocks += 1;
      return Buffer.allocUnsafeSlow(Math.max(blockBytes, longest));
    }
    while (spare.length === 0) await waiting.shift();
    const block = spare.pop();
    return block !== undefined && block.length >= longest ? block : Buffer.allocUnsafeSlow(longest);
  };

  const sink: TextSink = {
    bytes: Buffer.allocUnsafeSlow(blockBytes),
    at: 0,
    async room(longest) {
      if (sink.at + longest <= sink.bytes.length) return;
      if (sink.at > 0) {
        send(sink.bytes, sink.at);
        sink.bytes = await another(longest);
        sink.at = 0;
      } else {
        sink.bytes = Buffer.allocUnsafeSlow(longest);
      }
    },
    async flush() {
      if (sink.at > 0) {
        send(sink.bytes, sink.at);
        sink.bytes = await another(blockBytes);
        sink.at = 0;
      }
      await written;
      waiting.length = 0;
    },
  };
  return sink;
}
