/**
 * The window with 200 interfaces: how even the frames are while their list is scrolled, beside those of the same browser
 * that scrolls a bare list; and what window, main and helper cost while the list is shown and nothing happens.
 */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import { findChromium } from "../build/chromium.mjs";
import { share } from "./interfaces.ts";
import { median, percentile, say } from "./statistics.ts";

const scrollSeconds = 4;
const idleSeconds = 5;
const idleTries = 8;
const liveSeconds = 10;
/** px a frame: the whole list in some seconds, as a wheel that is turned fast */
const step = 24;

const bare = `<style>body{margin:0}nav{height:1000px;width:280px;overflow:auto}p{height:26px;margin:0}</style><nav class="lists">${"<p>interface</p>".repeat(400)}</nav>`;

export async function benchInterfacesWindow(
  names: readonly string[],
  url: string,
  processes: () => Readonly<Record<string, number>>,
): Promise<void> {
  const server = await chromium.launchServer({
    executablePath: findChromium() ?? "chromium",
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const browser = await chromium.connect(server.wsEndpoint());
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.setContent(bare);
    const plain = await scroll(page);

    // what others do on the machine is no idling: it is told, and listed anew
    let told = 0;
    page.on("websocket", (socket) => socket.on("framereceived", () => (told += 1)));
    await page.goto(url);
    const last = names.at(-1) ?? "";
    await page.getByRole("listbox", { name: `Interfaces of ${last}` }).waitFor({ state: "attached" });
    const rows = await page.locator(".lists [role=option]").count();
    await sleep(2_000);
    const ours = await scroll(page);
    say(
      `list of ${rows} rows scrolled: ms a frame, median and 99 of 100`,
      sayFrames(ours),
      `bare list: ${sayFrames(plain)}`,
    );
    say("list scrolled: frames that came late", `${late(ours)} of ${ours.length}`, `bare list: ${late(plain)}`);

    const changing = setInterval(() => changeOne(last), 100);
    const busy = await scroll(page);
    clearInterval(changing);
    say("list scrolled while links change", sayFrames(busy), `${late(busy)} of ${busy.length} late`);

    const window = rendererOf(server.process().pid ?? 0);
    // what came with the start is over
    await sleep(10_000);
    let quietest: { readonly told: number; readonly used: Readonly<Record<string, number>> } | null = null;
    for (let tries = 0; tries < idleTries && quietest?.told !== 0; tries += 1) {
      told = 0;
      const used = await share({ window, ...processes() }, idleSeconds, async () => sleep(idleSeconds * 1000));
      if (quietest === null || told < quietest.told) quietest = { told, used };
    }
    for (const [name, used] of Object.entries(quietest?.used ?? {}))
      say(`list shown, ${quietest?.told ?? 0} messages: ${name}`, `${used.toFixed(2)} % of a core`, "< 1 % with none");

    await page
      .getByRole("listbox", { name: `Interfaces of ${last}` })
      .getByRole("option")
      .last()
      .click();
    await page.getByRole("region", { name: "Packets per second" }).getByText("received").waitFor();
    const live = await share({ window, ...processes() }, liveSeconds, async () => sleep(liveSeconds * 1000));
    for (const [name, used] of Object.entries(live))
      say(`page of one interface, counting: ${name}`, `${used.toFixed(2)} % of a core`);
    await browser.close();
  } finally {
    await server.close();
  }
}

/** up and down in turn: the list that follows is another one each time */
function changeOne(netns: string): void {
  turns += 1;
  execFile("ip", ["-n", netns, "link", "set", "v0", turns % 2 === 0 ? "down" : "up"]);
}
let turns = 0;

/** ms from frame to frame while the list goes down and up */
async function scroll(page: Page): Promise<readonly number[]> {
  return page.evaluate(
    async ([seconds, pixels]) => {
      const list = document.querySelector(".lists");
      if (list === null) throw new Error("there is no list");
      const frames: number[] = [];
      let direction = 1;
      await new Promise<void>((resolve) => {
        const from = performance.now();
        let before = from;
        const frame = (): void => {
          const now = performance.now();
          frames.push(now - before);
          before = now;
          if (now - from > seconds * 1000) return resolve();
          const at = list.scrollTop;
          list.scrollTop += direction * pixels;
          if (list.scrollTop === at) direction = -direction;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      });
      return frames.slice(1);
    },
    [scrollSeconds, step] as const,
  );
}

/** one and a half of a 60th second */
function late(frames: readonly number[]): number {
  return frames.filter((milliseconds) => milliseconds > 25).length;
}

function sayFrames(frames: readonly number[]): string {
  return `${median(frames).toFixed(1)} ms, ${percentile(frames, 99).toFixed(1)} ms`;
}

/** the browser's process that draws the page: the busiest of those that draw */
function rendererOf(browser: number): number {
  const time = (pid: number): number => Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]);
  const [busiest] = below(browser)
    .filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer"))
    .toSorted((one, other) => time(other) - time(one));
  if (busiest === undefined) throw new Error("the browser has no process that draws");
  return busiest;
}

function below(parent: number): readonly number[] {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
  return children.flatMap((pid) => [pid, ...below(pid)]);
}
