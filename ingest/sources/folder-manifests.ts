import { posix } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";
import { type FolderDefaults, parseFolderDefaults } from "./document-statement.ts";

/** States the access of the files beneath it, in any folder; it is no document itself. */
export const MANIFEST = "access.yaml";

/** Also what somebody took for the right name: passing it over would let the access of the folder above decide. */
export function looksLikeManifest(name: string): boolean {
  return /^access\.ya?ml$/i.test(name);
}

const manifestSchema = z
  .strictObject({ defaults: z.unknown().optional(), files: z.record(z.string(), z.unknown()).optional() })
  .refine(({ defaults, files }) => defaults !== undefined || files !== undefined);

/** What the manifests on the way to a file state about it. */
export interface ManifestStatement {
  /** What deeper folders state stands instead of what the folders above do; an access statement always as a whole. */
  readonly defaults: FolderDefaults;
  /** Entries with the file's own path, outermost first. */
  readonly entries: readonly { readonly manifest: string; readonly value: unknown }[];
}

interface Manifest {
  /** The path of its folder, "" for the outermost. */
  readonly folder: string;
  readonly path: string;
  readonly content:
    | GroundworkError
    | { readonly defaults: FolderDefaults; readonly files: ReadonlyMap<string, unknown> };
}

/** The manifests of a folder and of the folders below. Paths are relative to it, with `/`. */
export class FolderManifests {
  readonly #manifests: readonly Manifest[];

  private constructor(manifests: readonly Manifest[]) {
    this.#manifests = manifests;
  }

  /** `read` gives a manifest's text and throws `unreadable-file`, which from then on stands for everything beneath. */
  static async read(paths: readonly string[], read: (path: string) => Promise<string>): Promise<FolderManifests> {
    const manifests = await Promise.all(
      paths.map(async (path) => ({ folder: folderOf(path), path, content: await readManifest(path, read) })),
    );
    return new FolderManifests(manifests.toSorted((left, right) => left.folder.length - right.folder.length));
  }

  /** The error of a manifest on the way when one is not understood: then nothing is known of the file's access. */
  about(path: string): ManifestStatement | GroundworkError {
    let defaults: FolderDefaults = {};
    const entries: { manifest: string; value: unknown }[] = [];
    for (const manifest of this.#manifests) {
      const below = pathBelow(manifest.folder, path);
      if (below === null) continue;
      if (manifest.content instanceof GroundworkError) return manifest.content;
      defaults = { ...defaults, ...manifest.content.defaults };
      const { files } = manifest.content;
      if (files.has(below)) entries.push({ manifest: manifest.path, value: files.get(below) });
    }
    return { defaults, entries };
  }

  /** Paths that a manifest names and the folder does not hold, each with its manifest: most often misspelt. */
  absent(held: ReadonlySet<string>): ReadonlyMap<string, string> {
    const named = this.#manifests.flatMap(({ folder, path, content }) =>
      content instanceof GroundworkError
        ? []
        : [...content.files.keys()].map((below) => [folder === "" ? below : `${folder}/${below}`, path] as const),
    );
    return new Map(named.filter(([path]) => !held.has(path)));
  }
}

async function readManifest(path: string, read: (path: string) => Promise<string>): Promise<Manifest["content"]> {
  try {
    if (posix.basename(path) !== MANIFEST) throw refused(path, `it must be named ${MANIFEST}`);
    const text = await read(path);
    const { defaults, files = {} } = parsedManifest(path, text);
    return {
      defaults: parseFolderDefaults(defaults, `“defaults” in ${path}`),
      files: new Map(Object.entries(files)),
    };
  } catch (error) {
    if (error instanceof GroundworkError) return error;
    throw error;
  }
}

function parsedManifest(path: string, text: string): z.infer<typeof manifestSchema> {
  try {
    return manifestSchema.parse(parseYaml(text, { maxAliasCount: 0 }));
  } catch (cause) {
    throw refused(
      path,
      "it must hold “files:” with one entry a path, “defaults:” for all files beneath it, or both",
      cause,
    );
  }
}

function refused(path: string, reason: string, cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    `The manifest ${path} is not understood, so nothing beneath it is taken: ${reason}.`,
    { cause },
  );
}

/** The path of the folder that holds it; "" for the outermost. */
export function folderOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === "." ? "" : folder;
}

/** The path from the folder on; null when it is not beneath. */
function pathBelow(folder: string, path: string): string | null {
  if (folder === "") return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null;
}
