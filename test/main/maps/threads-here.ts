/** What threads do, done here: what goes to one and comes back is cloned as it is there. */
import type { FileThreads } from "../../../main/maps/transfer/threads/file-threads.ts";
import {
  type FileAnswers,
  type FileTask,
  movedOf,
  runFileTask,
} from "../../../main/maps/transfer/threads/file-tasks.ts";

export function threadsHere(count: number): FileThreads {
  return {
    count,
    async run<T extends FileTask>(task: T, moved: readonly ArrayBuffer[] = []) {
      const there = structuredClone(task, { transfer: [...moved] });
      const answer = runFileTask(there);
      return structuredClone(answer, { transfer: movedOf(answer) }) as FileAnswers[T["do"]];
    },
    start: () => undefined,
    close: () => undefined,
  };
}
