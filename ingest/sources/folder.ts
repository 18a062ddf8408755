import { createHash } from "node:crypto";
import { lstat, readFile, readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { GroundworkError } from "../../infra/errors.ts";
import { cancelled } from "../../infra/models/cancelled.ts";
import { type AccessAttributes, FILE_MODEL } from "../../permissions/access-attributes.ts";
import { documentAttributes } from "../../permissions/document-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { ParsedFile } from "../parsers/port.ts";
import { PIPELINE_VERSION } from "../pipeline-version.ts";
import { type DocumentStatement, parseDocumentStatement } from "./document-statement.ts";
import type { DocumentSource, DraftDocument, LoadedItem, SourceItem } from "./port.ts";

export interface FolderTools {
  readonly parser: { parse(bytes: Uint8Array, name: string, signal?: AbortSignal): Promise<ParsedFile> };
  readonly policy: PolicySnapshot;
  readonly maximumBytes: number;
}

/** The manifest that states the access of files that cannot do so themselves; it is no document. */
export const MANIFEST = "access.yaml";

const manifestSchema = z.strictObject({ files: z.record(z.string(), z.unknown()) });
type Manifest = z.infer<typeof manifestSchema>["files"];

/**
 * The files below a folder. Each states its access in front matter or in the folder's `access.yaml`; one that states none is
 * ingested and readable by nobody. Symbolic links and hidden files are passed over. Throws `unreadable-file` when the folder or its
 * manifest cannot be read.
 */
export function openFolder(root: string, name: string, tools: FolderTools): DocumentSource {
  return {
    name,
    count: async () => (await filesBelow(root)).length,
    items: async function* (signal) {
      const manifest = await readManifest(root);
      for (const path of await filesBelow(root)) {
        if (signal?.aborted === true) throw cancelled(signal);
        const item = await fileItem(root, path, manifest, tools);
        if (item !== null) yield item;
      }
    },
  };
}

async function filesBelow(root: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((path) => path !== MANIFEST && !path.split(sep).some((part) => part.startsWith(".")))
      .sort();
  } catch (cause) {
    throw new GroundworkError(
      "unreadable-file",
      `The folder ${root} cannot be read. Check that it exists and is readable.`,
      { cause },
    );
  }
}

async function readManifest(root: string): Promise<Manifest> {
  const path = join(root, MANIFEST);
  try {
    const text = await readFile(path, "utf8");
    return manifestSchema.parse(parseYaml(text, { maxAliasCount: 0 })).files;
  } catch (cause) {
    if (isMissing(cause)) return {};
    throw new GroundworkError(
      "unreadable-file",
      `The manifest ${path} is not understood: it must hold "files:" with one entry a path.`,
      { cause },
    );
  }
}

/** Null when the file is gone since it was listed. */
async function fileItem(
  root: string,
  path: string,
  manifest: Manifest,
  tools: FolderTools,
): Promise<SourceItem | null> {
  const stated = path.split(sep).join("/");
  // In keys, what follows a `#` names an attachment.
  const key = stated.replaceAll("%", "%25").replaceAll("#", "%23");
  const entry = Object.hasOwn(manifest, stated) ? manifest[stated] : undefined;
  const contents = await readContents(join(root, path), tools.maximumBytes);
  if (contents === null) return null;
  if (contents instanceof GroundworkError) {
    return { key, fingerprint: "unreadable", load: () => Promise.reject(contents) };
  }
  const { size, bytes } = contents;
  const fingerprint = createHash("sha256")
    .update(`${PIPELINE_VERSION}\n${JSON.stringify(entry) ?? ""}\n${size}\n`)
    .update(bytes ?? "")
    .digest("hex");
  const load = async (signal?: AbortSignal): Promise<LoadedItem> => {
    if (bytes === null) {
      throw new GroundworkError(
        "file-too-large",
        `The file has ${size} bytes; at most ${tools.maximumBytes} are read. Split it or raise PARSE_MAXIMUM_MB.`,
      );
    }
    return loadFile({ key, name: basename(stated), bytes, entry }, tools, signal);
  };
  return { key, fingerprint, load };
}

/** `bytes` is null when there are too many; the whole is null when there is no such file any more. */
async function readContents(
  path: string,
  maximumBytes: number,
): Promise<{ readonly size: number; readonly bytes: Uint8Array | null } | GroundworkError | null> {
  try {
    const { size } = await lstat(path);
    return { size, bytes: size > maximumBytes ? null : await readFile(path) };
  } catch (cause) {
    if (isMissing(cause)) return null;
    const message = "The system does not let the file be read. Check its permissions and its disk.";
    return new GroundworkError("unreadable-file", message, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

interface FileToLoad {
  readonly key: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the manifest states about it. */
  readonly entry: unknown;
}

async function loadFile(file: FileToLoad, tools: FolderTools, signal?: AbortSignal): Promise<LoadedItem> {
  const { key, name, bytes, entry } = file;
  const parsed = await tools.parser.parse(bytes, name, signal);
  const stated = statementOf(parsed.frontMatter, entry);
  const access = documentAttributes(stated.access, tools.policy);
  const documents = [fileDocument(file, parsed, stated, access)];
  const failures: { key: string; error: unknown }[] = [];
  for (const [index, attachment] of parsed.attachments.entries()) {
    const attachedKey = `${key}#${index + 1}-${attachment.name}`;
    try {
      const attached = await tools.parser.parse(attachment.bytes, attachment.name, signal);
      documents.push(
        fileDocument(
          { key: attachedKey, name: attachment.name },
          attached,
          { ...stated, title: `${attachment.name} (attached to ${documents[0]?.title ?? key})` },
          access,
        ),
      );
    } catch (error) {
      failures.push({ key: attachedKey, error });
    }
  }
  return { documents, failures };
}

/** Front matter and manifest together; both may describe a file, but only one may state its access. */
function statementOf(frontMatter: unknown, entry: unknown): DocumentStatement {
  const inside = parseDocumentStatement(frontMatter, "The front matter");
  const outside = parseDocumentStatement(entry, `The entry in ${MANIFEST}`);
  if (inside.access !== undefined && outside.access !== undefined) {
    throw new GroundworkError(
      "unreadable-file",
      `The file states its access twice, in its front matter and in ${MANIFEST}. Keep one.`,
    );
  }
  return { ...inside, ...outside, access: outside.access ?? inside.access };
}

function fileDocument(
  { key, name }: Pick<FileToLoad, "key" | "name">,
  parsed: ParsedFile,
  stated: DocumentStatement,
  access: AccessAttributes,
): DraftDocument {
  const { title, kind, access: _, ...metadata } = stated;
  return {
    key,
    kind: kind ?? "document",
    title: title ?? parsed.title ?? name,
    model: FILE_MODEL,
    recordId: null,
    url: null,
    metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)),
    parts: [{ key: "main", text: parsed.text, blocks: parsed.blocks, access, facts: [] }],
  };
}
