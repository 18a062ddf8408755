import { describe, expect, it } from "vitest";
import { createApp } from "../../api/app.ts";
import { startStandIn, standIn } from "./stand-in-services.ts";

interface OperationObject {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly description?: string; readonly content?: object }>>;
  readonly security?: readonly object[];
}

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What express keeps of a mounted route or router. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  /** Mounted at the root of its parent. */
  readonly slash: boolean;
  match(path: string): boolean;
}

/** `GET /v1/documents/{id}` for each route that the application answers. */
function mounted(layers: readonly Layer[], prefix = ""): readonly string[] {
  return layers.flatMap((layer) => {
    if (layer.route !== undefined) {
      const path = prefix + layer.route.path.replaceAll(/:(\w+)/g, "{$1}");
      return Object.keys(layer.route.methods).map((method) => `${method.toUpperCase()} ${path}`);
    }
    if (layer.handle.stack === undefined || !layer.match("/v1/any")) return [];
    return mounted(layer.handle.stack, prefix + (layer.slash ? "" : "/v1"));
  });
}

async function served(): Promise<OpenApi> {
  await using server = await startStandIn();
  const response = await server.call("GET", "/openapi.json");
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  return (await response.json()) as OpenApi;
}

describe("openapi.json", () => {
  it("describes every route that is mounted, and nothing else", async () => {
    const { paths } = await served();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = mounted(createApp(standIn().services).router.stack as unknown as readonly Layer[]);
    expect(routes).toContain("POST /v1/answers");
    expect(described.sort()).toEqual([...new Set(routes)].sort());
  });

  it("is OpenAPI 3.1 whose references all lead somewhere", async () => {
    const document = await served();
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: "Groundwork" });
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, group = "", name = ""] of references) expect(document.components[group]?.[name], name).toBeDefined();
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it("says of every operation what it does, takes and answers, and who may", async () => {
    const { paths } = await served();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(operation.summary, name).toBeTruthy();
        const statuses = Object.keys(operation.responses);
        expect(statuses, name).toContain("default");
        for (const status of statuses) expect(operation.responses[status]?.description, name).toBeTruthy();
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
        const stated = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
        expect(
          stated.map((parameter) => parameter.name),
          name,
        ).toEqual(inPath);
        expect(
          stated.every(({ required }) => required === true),
          name,
        ).toBe(true);
        if (method === "get") expect(operation.requestBody, name).toBeUndefined();
      }
    }
    const open = Object.entries(paths).filter(([, { get }]) => get?.security?.length === 0);
    expect(open.map(([path]) => path).sort()).toEqual(["/healthz", "/openapi.json", "/readyz", "/v1/sample"]);
    expect(Object.keys(paths["/v1/answers"]?.["post"]?.responses["200"]?.content ?? {})).toEqual([
      "application/json",
      "text/event-stream",
    ]);
  });
});
