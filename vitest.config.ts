import { defineConfig } from "vitest/config";

/** Two projects: `unit` needs nothing; `sample` asks one real server that has ingested the sample company. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/sample/**"] },
      },
      {
        extends: true,
        test: {
          name: "sample",
          include: ["test/sample/**/*.test.ts"],
          globalSetup: ["test/support/sample-server.ts"],
          testTimeout: 60_000,
        },
      },
    ],
  },
});
