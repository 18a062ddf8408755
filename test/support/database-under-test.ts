import { describe, it } from "vitest";

import { openTestDatabase, openTestServerDatabase, type TestDatabase } from "./test-database.ts";

/**
 * Runs a contract on the embedded database, and on a real Postgres when TEST_DATABASE_URL names one; without, the skipped test says so.
 */
export function onEveryDatabase(contract: (name: string, open: () => Promise<TestDatabase>) => void): void {
  contract("PGlite", () => openTestDatabase());
  const url = process.env["TEST_DATABASE_URL"];
  if (url === undefined || url === "") {
    describe("Postgres", () => {
      it.skip("was not tested: set TEST_DATABASE_URL to a Postgres with pgvector");
    });
  } else {
    contract("Postgres", () => openTestServerDatabase(url));
  }
}
