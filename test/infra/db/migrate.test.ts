import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import postgres from "postgres";
import { describe, expect, it } from "vitest";

import { PATIENCE } from "../../support/test-database.ts";

const url = process.env["TEST_DATABASE_URL"] ?? "";
const CHILD = fileURLToPath(new URL("../../support/open-database-child.ts", import.meta.url));
const MIGRATIONS = readdirSync(new URL("../../../infra/db/migrations/", import.meta.url)).filter((name) =>
  name.endsWith(".sql"),
);

describe.skipIf(url === "")("processes that start at once on one empty database (set TEST_DATABASE_URL)", () => {
  it("all find it migrated, each migration applied once", { timeout: 3 * PATIENCE }, async () => {
    const name = `groundwork_test_${randomUUID().replaceAll("-", "")}`;
    const administration = postgres(url, { max: 1, onnotice: () => {} });
    await administration.unsafe(`create database ${name}`);
    const address = new URL(url);
    address.pathname = `/${name}`;
    try {
      const starting = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [CHILD, address.href]));
      for (const { stdout } of await Promise.all(starting)) expect(stdout).toBe("ready");
      const client = postgres(address.href, { max: 1 });
      const [row] = await client`select count(*)::int as applied from applied_migrations`;
      expect(row).toEqual({ applied: MIGRATIONS.length });
      await client.end();
    } finally {
      await administration.unsafe(`drop database ${name} with (force)`);
      await administration.end();
    }
  });
});
