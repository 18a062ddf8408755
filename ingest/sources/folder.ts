import { createHash } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import type { SourceScope } from "../../infra/db/port.ts";
import { GroundworkError } from "../../infra/errors.ts";
import { cancelled } from "../../infra/models/cancelled.ts";
import { type AccessAttributes, FILE_MODEL } from "../../permissions/access-attributes.ts";
import { documentAttributes } from "../../permissions/document-access.ts";
import type { PolicySnapshot } from "../../permissions/policy-snapshot.ts";
import type { FileParser, FileText } from "../parse-once.ts";
import { PIPELINE_VERSION } from "../pipeline-version.ts";
import { type DocumentStatement, parseDocumentStatement } from "./document-statement.ts";
import { filePart } from "./file-part.ts";
import { type FolderListing, FolderListings } from "./folder-listings.ts";
import { FolderManifests, MANIFEST, type ManifestStatement, folderOf, looksLikeManifest } from "./folder-manifests.ts";
import { type FileContents, readPlainFile } from "./read-plain-file.ts";
import type { DocumentSource, DraftDocument, LoadOptions, LoadedItem, SourceItem } from "./port.ts";

/** One memory, whoever asks. */
const listings = new FolderListings();
const NOTHING: FolderListing = { entries: new Map(), manifests: [] };

export interface FolderTools {
  readonly parser: FileParser;
  readonly policy: PolicySnapshot;
  readonly maximumBytes: number;
}

/**
 * The files below a folder. Each states its access in front matter or in an `access.yaml` of its folder or of one above, or has what
 * these state for all files beneath them; one that states none is ingested and readable by nobody. Symbolic links and hidden files are
 * passed over. Throws `unreadable-file` when the folder cannot be read.
 */
export function openFolder(root: string, name: string, tools: FolderTools): DocumentSource {
  return {
    name,
    sections: async () => [{ scope: "all", size: (await listFolder(root)).files.length }],
    items: async function* (scope = "all", signal) {
      const { files, manifests: paths } = await listScope(root, scope);
      const manifests = await FolderManifests.read(paths, (path) => readManifestText(root, path, tools.maximumBytes));
      for (const path of files) {
        if (signal?.aborted === true) throw cancelled(signal);
        const item = await fileItem(root, path, manifests.about(path), tools);
        if (item !== null) yield item;
      }
      for (const [path, manifest] of manifests.absent(new Set(files))) {
        if (!isWithin(scope, keyOf(path))) continue;
        const message = `${manifest} names this file, and there is none that is taken. Correct the path, or remove the entry.`;
        yield refusedItem(keyOf(path), new GroundworkError("unreadable-file", message));
      }
    },
  };
}

function isWithin(scope: SourceScope, key: string): boolean {
  return scope === "all" || ("keys" in scope && scope.keys.includes(key));
}

/** What lies beneath a folder and is not hidden, with its path relative to `root`. Throws the system's error. */
export async function visibleEntries(root: string, folder = ""): Promise<readonly VisibleEntry[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .map((entry) => ({ entry, path: relative(root, join(entry.parentPath, entry.name)).split(sep).join("/") }))
    .filter(({ path }) => !isHidden(path));
}

interface VisibleEntry {
  readonly entry: Dirent;
  /** With `/`. */
  readonly path: string;
}

/** Whether it lies in a hidden folder or is hidden itself; `path` is relative to the folder that is read. */
export function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith("."));
}

async function listScope(root: string, scope: SourceScope): Promise<Listing> {
  if (scope === "all") return listFolder(root);
  return "keys" in scope ? listFiles(root, scope.keys.map(pathOf)) : { files: [], manifests: [] };
}

interface Listing {
  /** Relative to the folder, with `/`, in order. */
  readonly files: readonly string[];
  readonly manifests: readonly string[];
}

async function listFolder(root: string): Promise<Listing> {
  try {
    const visible = await visibleEntries(root);
    const [manifests, others] = [true, false].map((wanted) =>
      visible.filter(({ entry }) => looksLikeManifest(entry.name) === wanted),
    );
    return {
      files: (others ?? [])
        .filter(({ entry }) => entry.isFile())
        .map(({ path }) => path)
        .sort(),
      manifests: (manifests ?? []).map(({ path }) => path),
    };
  } catch (cause) {
    throw unreadableFolder(root, cause);
  }
}

/** These files, where they are plain ones, and the manifests that speak of them. */
async function listFiles(root: string, paths: readonly string[]): Promise<Listing> {
  const visible = paths.filter((path) => path.split("/").every((part) => part !== "") && !isHidden(path));
  const folders = new Set(visible.flatMap((path) => foldersAbove(path)));
  const listed = new Map<string, FolderListing>();
  // Outer folders first: what lies beneath a symbolic link is passed over.
  for (const folder of [...folders].sort((left, right) => left.length - right.length)) {
    const isThere =
      folder === "" || listed.get(folderOf(folder))?.entries.get(basename(folder))?.isDirectory() === true;
    listed.set(folder, isThere ? await readFolder(root, folder) : NOTHING);
  }
  return {
    files: visible.filter((path) => listed.get(folderOf(path))?.entries.get(basename(path))?.isFile() === true),
    manifests: [...listed].flatMap(([folder, { manifests }]) =>
      manifests.map((name) => (folder === "" ? name : `${folder}/${name}`)),
    ),
  };
}

/** Also of the root itself: only that it cannot be read says nothing about the files. */
async function readFolder(root: string, folder: string): Promise<FolderListing> {
  try {
    return await listings.list(join(root, folder));
  } catch (cause) {
    if (folder !== "") return NOTHING;
    throw unreadableFolder(root, cause);
  }
}

function foldersAbove(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return ["", ...parts.map((_, at) => parts.slice(0, at + 1).join("/"))];
}

function unreadableFolder(root: string, cause: unknown): GroundworkError {
  const message = `The folder ${root} cannot be read. Check that it exists and is readable.`;
  return new GroundworkError("unreadable-file", message, { cause });
}

async function readManifestText(root: string, path: string, maximumBytes: number): Promise<string> {
  const contents = await readContents(join(root, path), maximumBytes);
  if (contents !== null && !(contents instanceof GroundworkError) && contents.bytes !== null) {
    return new TextDecoder().decode(contents.bytes);
  }
  throw new GroundworkError(
    "unreadable-file",
    `The manifest ${path} cannot be read as a plain file of at most ${maximumBytes} bytes, so nothing beneath it is taken.`,
    { cause: contents },
  );
}

/** The key of a path relative to the folder. In keys, what follows a `#` names an attachment. */
export function keyOf(path: string): string {
  return path.replaceAll("%", "%25").replaceAll("#", "%23");
}

function pathOf(key: string): string {
  return key.replaceAll("%23", "#").replaceAll("%25", "%");
}

/** Null when the file is gone since it was listed. */
async function fileItem(
  root: string,
  path: string,
  stated: ManifestStatement | GroundworkError,
  tools: FolderTools,
): Promise<SourceItem | null> {
  const key = keyOf(path);
  if (stated instanceof GroundworkError) return refusedItem(key, stated);
  const contents = await readContents(join(root, path), tools.maximumBytes);
  if (contents === null) return null;
  if (contents instanceof GroundworkError) return refusedItem(key, contents);
  const { size, bytes } = contents;
  const fingerprint = createHash("sha256")
    .update(`${PIPELINE_VERSION}\n${JSON.stringify(stated)}\n${size}\n`)
    .update(bytes ?? "")
    .digest("hex");
  if (bytes === null) {
    const message = `The file has ${size} bytes; at most ${tools.maximumBytes} are read. Split it or raise PARSE_MAXIMUM_MB.`;
    return { key, fingerprint, load: () => Promise.reject(new GroundworkError("file-too-large", message)) };
  }
  const load = (options?: LoadOptions) => loadFile({ key, name: basename(path), bytes, stated }, tools, options);
  if (mayStateItself(path)) return { key, fingerprint, load };
  try {
    const access = [{ key: "main", access: documentAttributes(statementOf(undefined, stated).access, tools.policy) }];
    return { key, fingerprint, access, isSlow: true, load };
  } catch (error) {
    return { key, fingerprint, load: () => Promise.reject(error) };
  }
}

/** Text, which is read quickly, and which alone may state its access in front matter. */
function mayStateItself(path: string): boolean {
  return (
    /\.(md|markdown|mdx|txt|text|csv|tsv|htm|html|json|xml|ya?ml|log|edi|x12)$/i.test(path) ||
    !/\.[a-z0-9]+$/i.test(path)
  );
}

async function readContents(path: string, maximumBytes: number): Promise<FileContents | GroundworkError | null> {
  try {
    return await readPlainFile(path, maximumBytes);
  } catch (error) {
    if (error instanceof GroundworkError) return error;
    throw error;
  }
}

function refusedItem(key: string, error: GroundworkError): SourceItem {
  return { key, fingerprint: `refused: ${error.message}`, load: () => Promise.reject(error) };
}

interface FileToLoad {
  readonly key: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly stated: ManifestStatement;
}

async function loadFile(file: FileToLoad, tools: FolderTools, options: LoadOptions = {}): Promise<LoadedItem> {
  const { key, name, bytes } = file;
  const { signal, ocr = "allowed" } = options;
  const parsed = await tools.parser.parse(bytes, name, signal, { ocr, anew: mayStateItself(name) });
  const stated = statementOf(parsed.frontMatter, file.stated);
  const access = documentAttributes(stated.access, tools.policy);
  const documents = [fileDocument(file, parsed, stated, access)];
  const failures: { key: string; error: unknown }[] = [];
  for (const [index, attachment] of parsed.attachments.entries()) {
    const attachedKey = `${key}#${index + 1}-${attachment.name}`;
    try {
      const attached = await tools.parser.parse(attachment.bytes, attachment.name, signal, { ocr });
      documents.push(
        fileDocument(
          { key: attachedKey, name: attachment.name },
          attached,
          { ...stated, title: `${attachment.name} (attached to ${documents[0]?.title ?? key})` },
          access,
        ),
      );
    } catch (error) {
      // The item waits as a whole.
      if (error instanceof GroundworkError && error.code === "needs-ocr") throw error;
      failures.push({ key: attachedKey, error });
    }
  }
  return { documents, failures };
}

/**
 * What the file itself states, in front matter or by its path in a manifest, before what its folders do. Only one may state the access:
 * which of two was meant cannot be known. An empty access statement is one too: nobody.
 */
function statementOf(frontMatter: unknown, { defaults, entries }: ManifestStatement): DocumentStatement {
  const own = [
    parseDocumentStatement(frontMatter, "The front matter"),
    ...entries.map(({ manifest, value }) => parseDocumentStatement(value, `The entry in ${manifest}`)),
  ];
  const [access, second] = own.filter((stated) => stated.access !== undefined);
  if (second !== undefined) {
    throw new GroundworkError(
      "unreadable-file",
      `The file states its access twice, in its front matter or by its path in ${MANIFEST}. Keep one.`,
    );
  }
  return Object.assign({}, defaults, ...own, { access: (access ?? defaults).access }) as DocumentStatement;
}

function fileDocument(
  { key, name }: Pick<FileToLoad, "key" | "name">,
  parsed: FileText,
  stated: DocumentStatement,
  access: AccessAttributes,
): DraftDocument {
  const { title, kind, access: _, ...metadata } = stated;
  return {
    key,
    kind: kind ?? parsed.kind ?? "document",
    title: title ?? parsed.title ?? name,
    model: FILE_MODEL,
    recordId: null,
    url: null,
    metadata: Object.fromEntries(
      Object.entries({ ...metadata, language: parsed.language }).filter(([, value]) => value !== undefined),
    ),
    parts: [filePart(parsed, access)],
  };
}
