import JsZip from "jszip";
import { GroundworkError } from "../../infra/errors.ts";
import { checkZip } from "./check-zip.ts";
import { readXml, type XmlElement } from "./xml-tree.ts";

/** The XML parts of an office document, which is a zip archive. */
export interface Archive {
  readonly names: readonly string[];
  /** Null where there is no such part. Errors: those of `readXml`. */
  read(name: string): Promise<XmlElement | null>;
}

/** Errors: `parser-limit` for an archive that says it unpacks to too much, `unreadable-file` for one that is damaged. */
export async function openArchive(bytes: Uint8Array): Promise<Archive> {
  checkZip(bytes);
  const archive = await JsZip.loadAsync(bytes).catch((cause: unknown) => {
    throw new GroundworkError(
      "unreadable-file",
      "The document is damaged. Open it in its program, save it again and upload the copy.",
      { cause },
    );
  });
  return {
    names: Object.keys(archive.files),
    read: async (name) => {
      const part = archive.file(name);
      return part === null ? null : readXml(await part.async("string"));
    },
  };
}

/** Targets of a part's relationships by id, as names of parts; those outside of the archive are left out. */
export async function relationsOf(archive: Archive, part: string): Promise<ReadonlyMap<string, string>> {
  const slash = part.lastIndexOf("/") + 1;
  const folder = part.slice(0, slash);
  const relations = await archive.read(`${folder}_rels/${part.slice(slash)}.rels`);
  const targets = new Map<string, string>();
  for (const child of relations?.content ?? []) {
    if (typeof child === "string" || child.attributes["TargetMode"] === "External") continue;
    const { Id: id, Target: target } = child.attributes;
    if (id !== undefined && target !== undefined) targets.set(id, resolved(folder, target));
  }
  return targets;
}

function resolved(folder: string, target: string): string {
  return decodeURI(new URL(encodeURI(target), `file:///${folder}`).pathname).slice(1);
}
