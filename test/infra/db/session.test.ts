import { describe, expect, it } from "vitest";

import { onEveryDatabase } from "../../support/database-under-test.ts";
import { PATIENCE } from "../../support/test-database.ts";

onEveryDatabase((name, open) => {
  describe(`work that needs a session, on ${name}`, { timeout: PATIENCE }, () => {
    // The driver's own way of reserving one waits for ever on a pool that has no connection yet.
    it.each(["maintenance", "rebuilding", "following"] as const)(
      "is done on a database just opened: %s",
      async (work) => {
        const opened = await open();
        try {
          if (work === "maintenance") await opened.database.maintain();
          if (work === "rebuilding") await opened.upkeep.rebuild();
          if (work === "following") expect(await opened.followed.outbox.exclusively(async () => "done")).toBe("done");
          expect(await opened.upkeep.faults()).toBe(0);
          expect(await opened.upkeep.state()).toMatchObject([{ dimensions: 4, graph: "none" }]);
        } finally {
          await opened.discard();
        }
      },
    );
  });
});
