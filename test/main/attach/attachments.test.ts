import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openAttachments } from "../../../main/attach/attachments.ts";
import { temporaryFolder } from "../source/temporary-folder.ts";

const program = { id: 42, tag: "3b185187f1855c4c", loadTime: "123456789012345678", name: "xdp_pass" };
const entry = { program, place: { netns: "xdpw-lab", ifindex: 2, name: "port0" }, source: "/home/user/pass.bpf.c" };

test("ours is what the state knows by id, tag and load time, also for the next run", () => {
  const folder = temporaryFolder();
  const attachments = openAttachments(folder);
  expect(attachments.isOurs(program)).toBe(false);
  attachments.remember(entry);
  expect(attachments.isOurs(program)).toBe(true);
  expect(openAttachments(folder).isOurs(program)).toBe(true);
  expect(attachments.isOurs({ ...program, id: 43 })).toBe(false);
  expect(attachments.isOurs({ ...program, tag: "0000000000000000" })).toBe(false);
  expect(attachments.isOurs({ ...program, loadTime: "123456789012345679" })).toBe(false);
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  attachments.forget(program);
  attachments.forget(program);
  expect(attachments.isOurs(program)).toBe(false);
});

test("a file that was cut short or tampered with makes nothing ours", () => {
  const folder = temporaryFolder();
  const attachments = openAttachments(folder);
  attachments.remember(entry);
  const path = join(folder, readdirSync(folder)[0] ?? "");
  const whole = readFileSync(path, "utf8");
  for (const text of ["", "{", whole.slice(0, -5), whole.replace("{", '{"extra":1,'), "null"]) {
    writeFileSync(path, text);
    expect(attachments.isOurs(program)).toBe(false);
  }
});

test("what is no longer loaded, and earlier boots, are pruned; nothing else is touched", () => {
  const folder = temporaryFolder();
  const attachments = openAttachments(folder);
  attachments.remember(entry);
  attachments.remember({ ...entry, program: { ...program, id: 43 } });
  writeFileSync(join(folder, "attachment-00000000-0000-0000-0000-000000000000-42.json"), "{}");
  writeFileSync(join(folder, "settings.json"), "{}");
  // what another workbench attached a moment ago may be missing from the list
  attachments.prune(new Set([42, 99]));
  expect(attachments.isOurs({ ...program, id: 43 })).toBe(true);
  const past = new Date(Date.now() - 60_000);
  for (const name of readdirSync(folder)) utimesSync(join(folder, name), past, past);
  attachments.prune(new Set([42, 99]));
  expect(readdirSync(folder).sort()).toEqual([expect.stringMatching(/-42\.json$/), "settings.json"]);
  expect(attachments.isOurs(program)).toBe(true);
});
