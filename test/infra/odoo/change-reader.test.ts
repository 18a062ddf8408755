import { describe, expect, it } from "vitest";
import { openChangeReader } from "../../../infra/odoo/change-reader.ts";
import { livingOdoo } from "../../support/living-odoo.ts";

const ORDER = "purchase.order";
const changed = (changes: ReturnType<ReturnType<ReturnType<typeof openChangeReader>["subscribe"]>["take"]>) =>
  Object.fromEntries(
    [...changes].map(([model, { written, removed }]) => [model, { written: [...written], removed: [...removed] }]),
  );

describe("finding what changed in Odoo", () => {
  it("finds nothing at the first look and nothing where nothing changes", async () => {
    const odoo = livingOdoo({ [ORDER]: [{ id: 1, name: "P1" }] });
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    for (let look = 0; look < 3; look++) {
      await reader.poll([ORDER, "sale.order"]);
      odoo.tick(10);
      expect(changed(inbox.take())).toEqual({});
    }
  });

  it("finds what was written, what is new and what is gone, once", async () => {
    const odoo = livingOdoo({ [ORDER]: [1, 2, 3, 4].map((id) => ({ id, name: `P${id}` })) });
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    await reader.poll([ORDER]);
    odoo.tick(10);
    odoo.write(ORDER, 2, { name: "P2 changed" });
    odoo.write(ORDER, 9, { name: "P9" });
    odoo.remove(ORDER, 3);
    odoo.tick(5);
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [2, 9], removed: [3] } });
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({});
  });

  it("finds a record that is written twice within the second in which it is looked at", async () => {
    const odoo = livingOdoo({ [ORDER]: [{ id: 1, name: "P1" }] });
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    await reader.poll([ORDER]);
    odoo.tick(10);
    odoo.write(ORDER, 1, { name: "first" });
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [1], removed: [] } });
    odoo.write(ORDER, 1, { name: "second" });
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [1], removed: [] } });
  });

  it("finds what a transaction wrote that began two minutes before it ended", async () => {
    const odoo = livingOdoo({ [ORDER]: [{ id: 1, name: "P1" }] });
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    await reader.poll([ORDER]);
    const began = odoo.now();
    for (let look = 0; look < 12; look++) {
      odoo.tick(10);
      await reader.poll([ORDER]);
    }
    odoo.write(ORDER, 1, { name: "late" }, began);
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [1], removed: [] } });
  });

  it("finds what comes and goes in a model that keeps no dates", async () => {
    const odoo = livingOdoo({ "mail.followers": [1, 2, 3].map((id) => ({ id, res_id: id })) }, ["mail.followers"]);
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    await reader.poll(["mail.followers"]);
    odoo.remove("mail.followers", 2);
    odoo.write("mail.followers", 7, { res_id: 1 });
    await reader.poll(["mail.followers"]);
    expect(changed(inbox.take())).toEqual({ "mail.followers": { written: [7], removed: [2] } });
  });

  it("finds what the account may see again although nobody wrote it", async () => {
    const odoo = livingOdoo({ [ORDER]: [{ id: 1 }, { id: 2 }] });
    odoo.hide(ORDER, 1);
    const reader = openChangeReader(odoo);
    const inbox = reader.subscribe();
    await reader.poll([ORDER]);
    odoo.tick(600);
    odoo.hide(ORDER, 2);
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [], removed: [2] } });
    odoo.show(ORDER, 1);
    await reader.poll([ORDER]);
    expect(changed(inbox.take())).toEqual({ [ORDER]: { written: [1], removed: [] } });
  });

  it("tells every subscription each change once, however often it was looked in between", async () => {
    const odoo = livingOdoo({ [ORDER]: [{ id: 1 }, { id: 2 }] });
    const reader = openChangeReader(odoo);
    const [one, two] = [reader.subscribe(), reader.subscribe()];
    await reader.poll([ORDER]);
    odoo.tick(10);
    odoo.write(ORDER, 1, {});
    odoo.tick(10);
    await reader.poll([ORDER]);
    expect(changed(one.take())).toEqual({ [ORDER]: { written: [1], removed: [] } });
    odoo.remove(ORDER, 1);
    await reader.poll([ORDER]);
    expect(changed(one.take())).toEqual({ [ORDER]: { written: [], removed: [1] } });
    expect(changed(two.take())).toEqual({ [ORDER]: { written: [], removed: [1] } });
  });

  it("finds nothing in a model that the account may not read", async () => {
    const reader = openChangeReader(livingOdoo({}));
    const inbox = reader.subscribe();
    await reader.poll(["no.model"]);
    await reader.poll(["no.model"]);
    expect(changed(inbox.take())).toEqual({});
  });
});
