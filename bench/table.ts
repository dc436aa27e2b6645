/**
 * A table of a million entries in the window: an LPM trie and a hash with keys of 8 bytes and values of 24. Each figure is
 * what is felt: from the click or key to the frame that shows it. Beside them, how long main and the helper answered
 * nobody meanwhile.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { findChromium } from "../build/chromium.mjs";
import { type Blocking, loopEnvironment, watchBlocking } from "./blocking.ts";
import { felt, type Seen } from "./felt.ts";
import { type BenchWorkbench, startWorkbench } from "./start-workbench.ts";
import { say } from "./statistics.ts";
import { makeMaps } from "./table-maps.ts";

const pin = "/sys/fs/bpf/xdpw-bench-tables";
/** ms from key to key: somebody who types fast */
const keys = 60;

export async function benchTable(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "xdpw-bench-table-"));
  const home = { XDG_STATE_HOME: join(folder, "state"), XDG_DATA_HOME: join(folder, "data") };
  const workbench = await startWorkbench(root, { ...home, ...loopEnvironment(root, folder) });
  const browser = await chromium.launch({
    executablePath: findChromium() ?? "chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const ids = makeMaps(folder, pin);
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.goto(workbench.url);
    // with a source open, the panels below it have room
    await page
      .getByRole("button", { name: /^Open Packet counters/ })
      .first()
      .click();
    await page.locator(".monaco-editor .view-line").first().waitFor();
    await page.getByRole("heading", { name: "other programs" }).waitFor();
    // what opening a source starts is not what is measured
    await page.waitForTimeout(4000);
    const [cookie] = await page.context().cookies();
    const peer = await workbench.connect(`${cookie?.name}=${cookie?.value}`);
    const blocking = await watchBlocking(peer, folder, "idle");
    await page.waitForTimeout(1000);
    await measure(page, blocking, "bench_routes", "prefix", { where: "prefix in 10.8.0.0/16", first: /^10\.8\./ });
    await benchTree(page, blocking);
    await measure(page, blocking, "bench_flows", "saddr", { where: "saddr in 10.8.0.0/16", first: /^10\.8\./ });
    say("main with both tables open: resident", `${resident(workbench).toFixed(0)} MiB`, "< 350 MB");
    await benchFiles(peer, blocking, folder, ids);
    await blocking.during(null);
    say("main after that: resident", `${resident(workbench).toFixed(0)} MiB`);
    peer.close();
  } finally {
    await browser.close();
    await workbench.stop();
    rmSync(pin, { force: true });
    rmSync(folder, { recursive: true });
  }
}

function resident({ process: { pid } }: BenchWorkbench): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

async function measure(
  page: Page,
  blocking: Blocking,
  name: string,
  key: string,
  { where, first }: { readonly where: string; readonly first: RegExp },
): Promise<void> {
  const panel = page.getByRole("tabpanel", { name });
  const grid = page.getByRole("grid", { name: `${name} entries` });
  const cell = (row: number, column: string): string =>
    `[aria-label="${name} entries"] [data-row="${row}"] [data-column="${column}"]`;
  const counted = (text: RegExp): Seen => ({ selector: "[role=status][aria-label=Entries]", text });
  const some = counted(/^(?!1,000,000 of)[\d,]+ of 1,000,000/);
  const timed = async (what: string, aim: string, act: () => Promise<void>, seen: readonly Seen[]): Promise<void> => {
    const { time, frame } = await felt(page, act, seen);
    const jank = frame > 50 ? `, a frame of ${frame.toFixed(0)} ms` : "";
    say(`${name}: ${what}`, `${time.toFixed(0)} ms${jank}`, aim);
  };

  await blocking.during(`${name} is opened`);
  await timed("opened to all rows read", "< 1500 ms", () => page.getByRole("option", { name }).click(), [
    counted(/^1,000,000 \//),
    { selector: cell(0, key), text: /./ },
  ]);
  // what follows is not to be mixed up with readings
  const pace = async (title: string): Promise<void> => {
    await page.getByRole("button", { name: /^Read / }).click();
    await page.getByRole("menuitemradio", { name: title }).click();
    await page.waitForTimeout(1500);
  };
  await pace("when asked");
  await blocking.during(`${name} is sorted and filtered`);
  await page.locator(cell(0, key)).click();
  await timed("jump to the last row", "< 100 ms", () => page.keyboard.press("Control+End"), [
    { selector: cell(999_999, key), text: /./ },
  ]);
  await page.keyboard.press("Control+Home");
  say(`${name}: scrolling, longest frame`, `${(await scroll(page, name)).toFixed(0)} ms`, "< 50 ms");
  await page.locator(cell(0, key)).waitFor();
  await page.waitForTimeout(300);

  const head = grid.getByRole("columnheader").filter({ hasText: "packets" });
  const unsorted = await page.locator(cell(0, "packets")).innerText();
  await timed("sort by a counter", "< 300 ms", () => head.click({ position: { x: 20, y: 10 } }), [
    { selector: cell(0, "packets"), text: new RegExp(`^(?!${unsorted}$)`) },
  ]);
  await head.click({ position: { x: 20, y: 10 } });
  await head.click({ position: { x: 20, y: 10 } });
  await page.waitForTimeout(500);

  const box = panel.getByRole("searchbox", { name: "Filter" });
  const filter = async (what: string, aim: string, text: string, typed: boolean, column: string, shown: RegExp) => {
    const act = (): Promise<void> =>
      typed ? page.keyboard.type(text, { delay: keys }) : page.keyboard.insertText(text);
    await box.focus();
    const whole = text.replaceAll(/[^\w ]/g, "\\$&");
    const settled = `[aria-label="${name} entries"][aria-busy="false"]`;
    await timed(`${what}, ${typed ? "typed" : "pasted"}`, aim, act, [
      some,
      { selector: cell(0, column), text: shown },
      // the last key's, and not what a key before it brought
      { selector: "input[aria-label=Filter]", text: new RegExp(`^${whole}$`) },
      { selector: settled, text: /./ },
    ]);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    await page.locator(settled).waitFor();
    await page.waitForTimeout(400);
  };
  for (const typed of [false, true]) {
    await filter("structured filter", "< 100 ms", `${where} and packets > 1000`, typed, key, first);
    await filter("free text", "< 600 ms", "00:0a:bc", typed, "mac", /00:0a:bc/);
    await filter("free text that any column may hold", "< 600 ms", "1234", typed, key, /./);
  }
  await blocking.during(`${name} is read twice a second`);
  await pace("twice a second");
  await blocking.during(`${name} is read twice a second and filtered`);
  await filter("structured filter while it is read", "< 100 ms", `${where} and packets > 1000`, true, key, first);
  await filter("free text while it is read", "< 600 ms", "00:0a:bc", true, "mac", /00:0a:bc/);
  await pace("when asked");
  await blocking.during("idle");
}

async function scroll(page: Page, name: string): Promise<number> {
  return page.evaluate(async (label) => {
    const box = document.querySelector(`[role=grid][aria-label="${label}"]`);
    let [before, most] = [performance.now(), 0];
    for (let frame = 0; frame < 200; frame++) {
      box?.scrollBy({ top: frame < 150 ? 400 : 100_000 });
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      if (frame > 2) most = Math.max(most, now - before);
      before = now;
    }
    box?.scrollTo({ top: 0 });
    return most;
  }, `${name} entries`);
}

/** The same entries as a tree of prefixes. */
async function benchTree(page: Page, blocking: Blocking): Promise<void> {
  await blocking.during("bench_routes becomes a tree");
  const tree = '[aria-label="bench_routes prefix tree"] [role=row] [role=gridcell]';
  const { time } = await felt(page, () => page.getByRole("button", { name: "Tree", exact: true }).click(), [
    { selector: tree, text: /10\./ },
  ]);
  say("bench_routes: as a tree of prefixes", `${time.toFixed(0)} ms`);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.waitForTimeout(500);
  await blocking.during("idle");
}

type Peer = Awaited<ReturnType<BenchWorkbench["connect"]>>;

/** A million rows to a file and from there into an empty map, as the window has it done. */
async function benchFiles(
  peer: Peer,
  blocking: Blocking,
  folder: string,
  ids: ReadonlyMap<string, number>,
): Promise<void> {
  const path = join(folder, "routes.csv");
  await blocking.during("a million rows are exported");
  await peer.request("maps.export", { id: ids.get("bench_routes") ?? 0, path, format: "csv" });
  const id = ids.get("bench_spare") ?? 0;
  await blocking.during("a file of a million rows is compared");
  const { plan, added } = await peer.request("maps.plan", {
    id,
    netns: null,
    before: null,
    after: path,
    removes: false,
  });
  await blocking.during(`${added} rows are imported`);
  await peer.request("maps.applyPlan", { plan, title: "bench" });
}
