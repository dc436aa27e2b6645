/** The redirect doctor in the lab: a redirect that nobody takes, told in words; the offer taken; and packets that arrive. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { looker } from "../axe.ts";
import { isRoot, type Machine, needsRoot } from "./open-workbench.ts";
import * as steps from "./steps.ts";
import { test } from "./workbench-test.ts";

test.skip(!isRoot, needsRoot);

const host = "xdpw-host1";

/** Everything that comes in at port0 goes out of port1, as somebody else's program would do it. */
async function forwardAll(machine: Machine): Promise<void> {
  const ports = JSON.parse(await machine.run("ip", "-n", steps.lab, "-j", "link", "show", "port1")) as [
    { ifindex: number },
  ];
  mkdirSync(machine.workspace, { recursive: true });
  const [source, object] = ["forward.bpf.c", "forward.o"].map((name) => join(machine.workspace, name)) as [
    string,
    string,
  ];
  writeFileSync(
    source,
    `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int forward(struct xdp_md *ctx) { return bpf_redirect(${ports[0].ifindex}, 0); }
char LICENSE[] SEC("license") = "GPL";
`,
  );
  const include = `/usr/include/${{ x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch}-linux-gnu`;
  await machine.run("clang", "-O2", "-g", "-target", "bpf", "-I", include, "-c", source, "-o", object);
  await machine.run("ip", "-n", steps.lab, "link", "set", "dev", "port0", "xdpdrv", "object", object, "section", "xdp");
}

/** as a veth is that nobody has prepared */
async function bare(machine: Machine): Promise<void> {
  await machine.run("ip", "-n", host, "link", "set", "dev", "eth0", "xdpdrv", "off");
  await machine.run("nsenter", `--net=/run/netns/${host}`, "ethtool", "-K", "eth0", "gro", "off");
}

async function received(machine: Machine): Promise<number> {
  const [link] = JSON.parse(await machine.run("ip", "-n", host, "-s", "-j", "link", "show", "eth0")) as [
    { stats64: { rx: { packets: number } } },
  ];
  return link.stats64.rx.packets;
}

async function send(page: Page): Promise<void> {
  const traffic = await steps.bottomPanel(page, "Traffic");
  await traffic.getByRole("button", { name: "Send" }).click();
}

test("a redirect into a bare peer is told, mended by keyboard, and arrives", async ({ workbench }) => {
  const { page, machine } = workbench;
  await steps.makeLab(page);
  await bare(machine);
  await forwardAll(machine);

  await page.keyboard.press("Alt+Shift+R");
  const doctor = page.getByRole("tabpanel", { name: "Redirects" });
  await expect(doctor).toContainText("counted for");
  await send(page);
  const loss = doctor.getByRole("region", { name: "Lost" }).getByRole("listitem").first();
  await expect(loss).toContainText(/Target has no XDP program: (EOPNOTSUPP|ENXIO)/);
  await expect(loss).toContainText("1,000 lost");
  await expect(loss).toContainText(`port0 ${steps.lab} → port1 ${steps.lab}`);
  await expect(loss).toContainText(`nsenter --net=/run/netns/${host} ethtool -K eth0 gro on`);
  const { look, found } = looker(page);
  await look("redirects-lab");
  expect(found).toEqual([]);

  await loss.getByRole("button", { name: /^Attach a program that passes everything to eth0/ }).focus();
  await page.keyboard.press("Enter");
  await expect(steps.messages(page)).toContainText("xdp_pass is attached to eth0: it passes everything");
  const attached = await machine.run("ip", "-n", host, "-d", "link", "show", "dev", "eth0");
  expect(attached).toMatch(/prog\/xdp id \d+ name xdp_pass/);
  // by now it would help no more, so it is not offered any more
  await expect(loss.getByRole("button", { name: /^Attach a program/ })).toHaveCount(0);

  const before = await received(machine);
  await doctor.getByRole("button", { name: "Count from zero" }).click();
  await send(page);
  await expect(doctor).toContainText("✓ Nothing is lost.");
  const sent = doctor.getByRole("row").filter({ hasText: /sent/ });
  await expect(sent.getByRole("cell").nth(2)).toHaveText("1,000");
  expect((await received(machine)) - before).toBeGreaterThanOrEqual(1_000);

  const commands = await steps.bottomPanel(page, "Commands");
  await expect(commands).toContainText("attach xdp_pass to eth0, native");
  await expect(commands).toContainText("xdpw watch");
});
