import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    // A property of many cases takes that long on a busy machine.
    testTimeout: 60_000,
  },
});
