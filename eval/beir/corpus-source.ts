import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { DocumentSource, SourceItem } from "../../ingest/sources/port.ts";
import { textParser } from "../../ingest/parsers/text.ts";
import { type AccessAttributes, FILE_MODEL } from "../../permissions/access-attributes.ts";
import { fieldText, type Passage, readPassages } from "./read-collection.ts";

/** A longer value is compared by its hash. */
const LONGEST_VALUE = 100;

export interface CorpusSource extends DocumentSource {
  /** Of the whole corpus, once all items were read. */
  readonly seen: { passages: number; repeated: number; fields: Set<string> };
}

/** A corpus as a source of documents, one for each passage, all with the same access. A passage whose id came before is passed over. */
export function corpusSource(path: string, name: string, access: AccessAttributes): CorpusSource {
  const seen: CorpusSource["seen"] = { passages: 0, repeated: 0, fields: new Set() };
  return {
    name,
    seen,
    sections: async () => [{ scope: "all", size: seen.passages }],
    items: async function* () {
      const keys = new Set<string>();
      for await (const passage of readPassages(path)) {
        const key = passageKey(passage.id);
        seen.passages += 1;
        seen.repeated += keys.has(key) ? 1 : 0;
        for (const field of Object.keys(passage.metadata)) seen.fields.add(field);
        if (keys.has(key)) continue;
        keys.add(key);
        yield passageItem(key, passage, access);
      }
    },
  };
}

/** Names the corpus by its bytes. */
export async function corpusHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex").slice(0, 16);
}

/** How a document states a metadata field, as selections name it. */
export function fieldLabel(field: string, value: string): string {
  const short = value.length <= LONGEST_VALUE ? value : createHash("sha256").update(value).digest("hex");
  return `${field}=${short}`;
}

/** In keys, what follows a `#` names an attachment. */
function passageKey(id: string): string {
  return id.replaceAll("%", "%25").replaceAll("#", "%23");
}

/** The id of the passage that became the document of this key. */
export function passageId(key: string): string {
  return key.replaceAll("%23", "#").replaceAll("%25", "%");
}

function passageItem(key: string, passage: Passage, access: AccessAttributes): SourceItem {
  return {
    key,
    fingerprint: createHash("sha256").update(JSON.stringify(passage)).digest("hex"),
    load: async () => {
      const { text, blocks } = await textParser.parse(Buffer.from(wordsOf(passage)), key);
      return {
        documents: [
          {
            key,
            kind: "passage",
            title: passage.title,
            model: FILE_MODEL,
            recordId: null,
            url: null,
            metadata: { labels: labelsOf(passage) },
            parts: [{ key: "main", text, blocks, access, facts: [] }],
          },
        ],
        failures: [],
      };
    },
  };
}

/** A passage that has a title alone is found by it. */
function wordsOf({ title, text }: Passage): string {
  return text.trim() === "" ? title : text;
}

function labelsOf({ metadata }: Passage): readonly string[] {
  return Object.entries(metadata).flatMap(([field, value]) => {
    const text = fieldText(value);
    return text === null ? [] : [fieldLabel(field, text)];
  });
}
