import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, expect, inject, it } from "vitest";
import { explainResponse } from "../../api/access-schemas.ts";
import { LOGINS, send } from "./sample-client.ts";

const CLI = new URL("../../api/cli.ts", import.meta.url).pathname;
const PATIENCE_MS = 50_000;

async function access(...args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [CLI, "access", ...args], {
    env: { PATH, HOME, DATA_DIR: inject("sampleServer").dataDirectory, LOG_LEVEL: "error" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, out, error] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out: out.replaceAll(/\s+/g, " "), error };
}

describe("access explain", () => {
  it("tells a vendor's own order from another's by the rule that decides", async () => {
    const [own, other] = await Promise.all([
      access("explain", "--as", "vera.vendor", "VOL-Q-7781"),
      access("explain", "--as", "vera.vendor", "purchase.order/12"),
    ]);
    expect([own.code, own.error, other.code, other.error]).toEqual([0, "", 0, ""]);
    expect(own.out).toMatch(/yes Rule “Portal Purchase Orders” \(\d+\) on purchase\.order, for Role \/ Portal/);
    expect(own.out).toContain("yes Part “main” is shown to vera.vendor.");
    expect(other.out).toMatch(/no Rule “Portal Purchase Orders” .* does not hold: partner_id is \d+/);
    expect(other.out).toContain("no Part “main” is not shown to vera.vendor.");
  });

  it("names the group that is missing, the record behind an attachment, and a file that states no access", async () => {
    const [order, attachment, note, guide] = await Promise.all([
      access("explain", "--as", "emil.employee", "VOL-Q-7781"),
      access("explain", "--as", "emil.employee", "Attachment VOL-Q-7781-quote.txt"),
      access("explain", "--as", "petra.purchasing", "unfiled-board-note.md"),
      access("explain", "--as", "petra.purchasing", "people/salary-bands-2026.md"),
    ]);
    expect(order.out).toContain("no The user has no right to read purchase.order: that is for Purchase / User");
    expect(attachment.out).toContain("no The record that the attachment hangs on does not open it.");
    expect(note.out).toContain("no The file states no access, so nobody may read it.");
    expect(guide.out).toMatch(
      /no The file is open to the group .*\(hr\.group_hr_user\), and the user is none of these\./,
    );
  });

  it("says of a file that could not be ingested why, and ends with 1", async () => {
    const { code, out, error } = await access("explain", "--as", "petra.purchasing", "ir.attachment/12");
    expect([code, out]).toEqual([1, ""]);
    expect(error).toMatch(/“ir\.attachment\/12” is not ingested.* \(empty-file\): The file is empty\./);
  });

  const records = [
    "VOL-Q-7781",
    "hr.employee/5",
    "Attachment VOL-Q-7781-quote.txt",
    "policies/fin-pol-001-v3.md",
    "salary-bands-2026.md",
  ];
  it.each(records)("comes to the verdict that opens %s, or does not, for every reader", async (record) => {
    const seen = new Set<number>();
    for (const login of LOGINS) {
      const response = await send("operator", "POST", "/v1/access/explain", { login, record });
      const { document, parts } = explainResponse.strict().parse(await response.json());
      const verdicts = parts.flatMap((group) => group.verdicts);
      expect(
        verdicts.every(({ agrees }) => agrees),
        login,
      ).toBe(true);
      const opened = await send(login, "GET", `/v1/documents/${document.documentId}`);
      const { parts: shown = [] } = (await opened.json()) as { parts?: readonly { part: string }[] };
      const readable = verdicts.filter((verdict) => verdict.readable).map(({ part }) => part);
      expect(shown.map(({ part }) => part).toSorted(), login).toEqual(readable.toSorted());
      seen.add(readable.length);
    }
    // Otherwise nothing was told apart.
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe("access replay", () => {
  it("finds what a rationale showed as it was recorded, source by source", async () => {
    const response = await send("petra.purchasing", "POST", "/v1/rationales", { order: "VOL-Q-7781" });
    const { code, out, error } = await access("replay", response.headers.get("x-request-id") ?? "");
    expect([code, error]).toEqual([0, ""]);
    expect(out).toContain("rationale as petra.purchasing (by operator)");
    expect(out).toMatch(
      /readable Purchase order P00130 \(VOL-Q-7781\) \(purchase\.order\/130\), part “main”, checked at/,
    );
    expect(out).toContain("The decision comes out as it was recorded.");
    expect(out).not.toMatch(/differs|unknown/);
  });

  it("does not know a request that was never made", async () => {
    const { code, out, error } = await access("replay", "never-made");
    expect([code, out, error]).toEqual([1, "", "The audit trail has no such request.\n"]);
  });
});
