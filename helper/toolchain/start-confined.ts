/**
 * Starts a child in its sandbox so that ending it ends all of it. bwrap 0.8 killed in its first milliseconds leaves the
 * process that it has just cloned behind, waiting for a word from it that never comes: PR_SET_PDEATHSIG is set later.
 * Until then that process is in bwrap's group, so the group is what is ended.
 */
import { type ChildOptions, type Running, start } from "../run.ts";

export function startConfined(options: ChildOptions, collect = true): Running {
  return start({ ...options, group: options.argv[0] === "bwrap" }, collect);
}
