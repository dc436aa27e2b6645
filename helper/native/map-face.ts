/** One map, as the native surface gives it. */
import type { KernelError } from "./kernel-error.ts";

export interface MapInfo {
  readonly id: number;
  readonly type: number;
  readonly name: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly btfId: number;
  readonly btfKeyTypeId: number;
  readonly btfValueTypeId: number;
  readonly ifindex: number;
}

export interface MapBatch {
  /** count * keySize bytes */
  readonly keys: Buffer;
  /** count * valueStride bytes */
  readonly values: Buffer;
  readonly count: number;
  /** where to go on, null at the end */
  readonly cursor: Buffer | null;
}

/** What came of {@link MapHandle.change}. */
export interface MapChangeOutcomes {
  /**
   * One byte an entry. 0 done; 1 was so already; 2 something else is there; 3 nothing is there any more; 4 refused by the
   * kernel; 5 done, and overwritten by somebody since; 6 untouched; 7 done, and removed by somebody since
   */
  readonly outcomes: Buffer;
  /** what is there instead: one value for each 2 and 5, in their order */
  readonly found: Buffer;
  /** of the entry that was refused; null where none was */
  readonly refusal: KernelError | null;
}

/** One map fd. Values of per-CPU maps are all possible CPUs one after the other, each rounded up to 8 bytes. */
export interface MapHandle {
  readonly info: MapInfo;
  /** bytes of one value as the syscall moves it: valueSize, or for per-CPU maps roundup(valueSize, 8) * possibleCpus() */
  readonly valueStride: number;
  /** until close(): for /proc/self/fdinfo */
  readonly fd: number;
  lookup(key: Buffer): Buffer | null;
  update(key: Buffer, value: Buffer, when: "any" | "noexist" | "exist"): void;
  /** false where there was no such key */
  delete(key: Buffer): boolean;
  nextKey(key: Buffer | null): Buffer | null;
  /** a queue's or stack's next element, which is gone from it then; null where it is empty */
  take(): Buffer | null;
  /** of a bloom filter: false is certain, true is likely */
  contains(value: Buffer): boolean;
  /**
   * Off the main thread; falls back to nextKey and lookup where the type has no batch operations, with zeros where it
   * does not show its values. `count` is a wish: more come where one bucket of a hash holds more, fewer before the end.
   * A cursor belongs to its map and is opaque. Deleted keys may send the walk back to the beginning: watch for it.
   */
  readBatch(cursor: Buffer | null, count: number): Promise<MapBatch>;
  /** keys and values of one size each, one after the other; an error holds how many went in before it as KernelError.done */
  updateBatch(keys: Buffer, values: Buffer, count: number): number;
  /**
   * Additions (BPF_NOEXIST) entry by entry, off the main thread, and so in the namespace that the process was started in.
   * Those that the kernel took are not read back. fill: the kernel's own batch, which is quicker, and overwrites what is
   * there: for empty maps.
   */
  addBatch(keys: Buffer, values: Buffer, count: number, fill: boolean): Promise<MapChangeOutcomes>;
  /**
   * Writes bytes of the first value of an array made with BPF_F_MMAPABLE, in its memory: what lies beside them stays. What
   * is a naturally aligned 1, 2, 4 or 8 bytes is written at once. EPERM where the map is frozen.
   */
  patch(offset: number, bytes: Buffer): void;
  /**
   * Entry by entry: look, compare with `olds`, write, read back with `news`; ends at the first that the kernel refuses.
   * kinds: 0 add, 1 replace, 2 remove. locked: BPF_F_LOCK. look: changes nothing, and says how things are. Keys, olds and
   * news are of one size each, one after the other; BPF has no compare-and-swap of elements, so a writer between the look
   * and the write is not seen. Throws where the type's entries cannot be read. counted: bits of one value that programs count
   * in: of replacements that leave them alone, and of removals, they are not compared, and kept as they are found.
   */
  change(
    count: number,
    kinds: Buffer,
    keys: Buffer,
    olds: Buffer,
    news: Buffer,
    locked: boolean,
    look: boolean,
    counted?: Buffer | null,
  ): MapChangeOutcomes;
  /** returns how many there were to delete; missing keys are passed over */
  deleteBatch(keys: Buffer, count: number): number;
  close(): void;
}
