/** The desktop door with its real entry and preload script, behind a page that only keeps the port that it is given. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type OpenedWorkbench, openWorkbench, whyNot } from "./launch.ts";
import { type ProgramFolder, programWithPage } from "./program-folder.ts";

const reason = whyNot("electron stand-in");

/** Runs in the page: keeps what arrives, and asks over the port. */
const script = `
window.given = [];
const answers = new Map();
addEventListener("message", ({ data, ports, source }) => {
  window.given.push({ data, ports: ports.length, own: source === window });
  const [port] = ports;
  if (!port) return;
  window.portClosed = false;
  port.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    answers.get(message.id)?.(message);
  });
  port.addEventListener("close", () => { window.portClosed = true; });
  port.start();
  let last = 0;
  window.ask = (method, params, id = ++last) => new Promise((resolve) => {
    answers.set(id, resolve);
    port.postMessage(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  });
  window.raw = (text) => port.postMessage(text);
  window.answerTo = (id) => new Promise((resolve) => answers.set(id, resolve));
});
document.title = "ready";
`;

interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly data?: { readonly kind: string } };
}

const ask = (page: Page, method: string, params: object = {}): Promise<Answer> =>
  page.evaluate(
    ([name, given]) =>
      (globalThis as unknown as { ask(name: string, given: object): Promise<Answer> }).ask(name, given),
    [method, params] as const,
  );
// not page.waitForFunction: it compiles code from a string, which the page's policy forbids
const hasPort = (page: Page): Promise<void> =>
  vi.waitFor(async () => expect(await page.evaluate(() => "ask" in globalThis)).toBe(true), { timeout: 5000 });

/** clicks a link that it makes */
const link = (href: string, target = ""): string =>
  `Object.assign(document.body.appendChild(document.createElement("a")), ${JSON.stringify({ href, target })}).click()`;

/** processes whose environment or command line has this folder in it, the helpers among them */
function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(folder) ? [command] : [];
      } catch {
        return [];
      }
    });
}

describe.skipIf(reason !== null)(`the desktop door${reason === null ? "" : ` (${reason})`}`, () => {
  let program: ProgramFolder;
  let bench: OpenedWorkbench;
  let page: Page;

  beforeAll(async () => {
    program = await programWithPage(script);
  });
  afterAll(() => program.remove());
  beforeEach(async () => {
    bench = await openWorkbench("electron stand-in", { root: program.root });
    page = bench.page;
    await hasPort(page);
  });
  afterEach(() => bench.close());

  test("gives the page one port and nothing else", async () => {
    expect(await page.title()).toBe("ready");
    expect(await page.evaluate(() => (globalThis as unknown as { given: unknown }).given)).toEqual([
      { data: "xdpw-port", ports: 1, own: true },
    ]);
    const found = await page.evaluate(() => ({
      names: [
        "require",
        "process",
        "module",
        "Buffer",
        "ipcRenderer",
        "electron",
        "electronFromMain",
        "electronToMain",
      ].filter((name) => name in globalThis),
      secure: isSecureContext,
      opener: window.opener as unknown,
    }));
    expect(found).toEqual({ names: [], secure: true, opener: null });
  });

  test("serves the workbench over the port, every message checked", async () => {
    const unknown = await ask(page, "session.destroy");
    expect(unknown.error?.data?.kind).toBe("invalid-message");
    const extra = await ask(page, "session.commands", { extra: 1 });
    expect(extra.error?.data?.kind).toBe("invalid-message");
    expect((await ask(page, "session.commands")).result).toEqual({ commands: [] });
    const { result, error } = await ask(page, "templates.list");
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ templates: expect.arrayContaining([expect.objectContaining({ id: "pass" })]) });
  });

  test("refuses garbage and what is too long, and the port lives", async () => {
    type Raw = { raw(value: unknown): void; answerTo(id: unknown): Promise<Answer> };
    const answer = await page.evaluate(() => {
      const { raw, answerTo } = globalThis as unknown as Raw;
      const wanted = answerTo(null);
      raw("nonsense");
      return wanted;
    });
    expect(answer.error?.data?.kind).toBe("invalid-message");
    const long = await page.evaluate(() => {
      const { raw, answerTo } = globalThis as unknown as Raw;
      const wanted = answerTo(null);
      raw("x".repeat(33 * 1024 * 1024));
      return wanted;
    });
    expect(long.error?.data?.kind).toBe("invalid-message");
    expect((await ask(page, "session.commands")).result).toEqual({ commands: [] });
  });

  test("describes the session, with a helper behind it that ends with the window", async (context) => {
    if (!existsSync(join(program.root, "dist/helper/helper.js"))) context.skip("the helper is not built");
    const { result } = await ask(page, "session.describe");
    expect(result).toMatchObject({ version: expect.any(String), toolchain: expect.any(Object) });
    expect(processesOf(bench.home).join()).toContain("--role plain");
    await page.close();
    expect(await bench.ended).toBe(0);
    await vi.waitFor(() => expect(processesOf(bench.home)).toEqual([]), { timeout: 3000 });
    expect(readdirSync(join(bench.home, "run/xdp-workbench"))).toEqual([]);
  });

  test("a page that is loaded again gets a port of its own, and the old one's session ends", async () => {
    await page.reload();
    await hasPort(page);
    expect((await ask(page, "session.commands")).result).toEqual({ commands: [] });
    expect(await page.evaluate(() => (globalThis as unknown as { given: unknown[] }).given.length)).toBe(1);
    expect(bench.errors()).toBe("");
  });

  test("does not navigate, wherever the page wants to go", async () => {
    const before = page.url();
    for (const wish of [
      "location.href = 'http://evil.example/'",
      "location.href = './other.html'",
      "location.reload()",
      link("http://evil.example/"),
      "location.href = 'file:///etc/passwd'",
      "location.href = 'javascript:document.title=1'",
    ]) {
      await page.evaluate(wish).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect([wish, page.url()]).toEqual([wish, before]);
      expect([wish, await page.title()]).toEqual([wish, "ready"]);
    }
    expect((await ask(page, "session.commands")).result).toEqual({ commands: [] });
  });

  test("opens no windows, however the page asks", async () => {
    for (const wish of [
      "window.open('http://evil.example/')",
      link("http://evil.example/", "_blank"),
      "window.open('about:blank')",
    ]) {
      await page.evaluate(wish).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await vi.waitFor(() => expect([wish, page.context().pages().length]).toEqual([wish, 1]));
    }
    expect((await ask(page, "session.commands")).result).toEqual({ commands: [] });
  });

  test("permits nothing but writing to the clipboard", async () => {
    const states = await page.evaluate(async () => {
      const query = async (name: string): Promise<string> =>
        (await navigator.permissions.query({ name } as never)).state;
      return {
        geolocation: await query("geolocation"),
        camera: await query("camera"),
        microphone: await query("microphone"),
        notifications: await query("notifications"),
        midi: await query("midi"),
        read: await query("clipboard-read"),
        write: await query("clipboard-write"),
        notification: await Notification.requestPermission(),
      };
    });
    const { write, ...others } = states;
    expect(write).toBe("granted");
    for (const [name, state] of Object.entries(others)) expect([name, state]).toEqual([name, "denied"]);
  });

  test("a strict content security policy is in force", async () => {
    const blocked = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
        violations.push(effectiveDirective),
      );
      const inline = document.createElement("script");
      inline.textContent = "document.title = 'inline'";
      document.body.append(inline);
      const frame = document.createElement("iframe");
      frame.src = "http://evil.example/";
      document.body.append(frame);
      const fetched = await fetch("http://evil.example/").then(
        () => "fetched",
        () => "refused",
      );
      // later: what DevTools evaluates is free to compile strings, and nothing that runs after it
      const evaluated = await new Promise<string>((resolve) =>
        setTimeout(() => {
          try {
            // oxlint-disable-next-line no-eval -- that it is refused is what is tested
            globalThis.eval("1");
            resolve("evaluated");
          } catch {
            resolve("refused");
          }
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { violations: [...new Set(violations)].sort(), fetched, evaluated, title: document.title };
    });
    expect(blocked).toEqual({
      violations: ["connect-src", "frame-src", "script-src", "script-src-elem"],
      fetched: "refused",
      evaluated: "refused",
      title: "ready",
    });
    expect(bench.errors()).not.toContain("would leave the application");
  });

  test("gives no file from outside of the window's folder, and takes no other method", async () => {
    const statuses = await page.evaluate(async () =>
      Promise.all(
        ["/index.html", "/../package.json", "/..%2f..%2fpackage.json", "/none.js", "/%00"].map(
          async (path) => (await fetch(path)).status,
        ),
      ),
    );
    expect(statuses).toEqual([200, 404, 404, 404, 404]);
    expect(await page.evaluate(async () => (await fetch("/", { method: "POST" })).status)).toBe(404);
  });

  test("SIGTERM ends it and all that it started", async () => {
    process.kill(bench.pid, "SIGTERM");
    expect(await bench.ended).toBe(0);
    await vi.waitFor(() => expect(processesOf(bench.home)).toEqual([]), { timeout: 3000 });
  });
});
