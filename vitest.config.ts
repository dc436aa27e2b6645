import { defineConfig } from "vitest/config";

const everyTest = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: "forks" as const,
  // a busy machine is no reason to fail
  expect: { poll: { timeout: 15_000 } },
};

/**
 * Three projects: "unit" needs no privilege and runs side by side; "kernel" needs root and a real kernel, where two files
 * at once would see each other's programs; "guest" boots a kernel of its own under QEMU.
 */
export default defineConfig({
  cacheDir: ".cache/vitest",
  test: {
    // how long each took last time: two runs at a time would write it over each other
    cache: false,
    coverage: { provider: "v8", reportsDirectory: "coverage", include: ["{protocol,main,helper,renderer}/**"] },
    projects: [
      {
        test: {
          ...everyTest,
          name: "unit",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: ["test/kernel/**", "test/e2e/**", "test/guest/**"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...everyTest,
          name: "kernel",
          include: ["test/kernel/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...everyTest,
          name: "guest",
          include: ["test/guest/**/*.test.ts"],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
