import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inventedFile } from "./invented-files.ts";

const SAMPLE = fileURLToPath(new URL("../../infra/sample/documents/", import.meta.url));

/**
 * The sample's documents, one of them a scan, and so many invented ones of all formats, mails with attachments among them; one that cannot
 * be read, and one that names a group that is not there. Returns the folder.
 */
export async function writeMixedCorpus(folder: string, invented: number): Promise<string> {
  cpSync(SAMPLE, folder, { recursive: true });
  const notes = join(folder, "notes");
  mkdirSync(notes);
  writeFileSync(join(notes, "access.yaml"), "defaults:\n  access: { groups: [base.group_user] }\n");
  for (let each = 0; each < invented; each += 1) {
    const { name, bytes } = await inventedFile(each);
    writeFileSync(join(notes, name), bytes);
  }
  writeFileSync(join(notes, "broken.pdf"), "%PDF-1.7 and nothing else");
  writeFileSync(join(notes, "misspelt.md"), "---\naccess: { groups: [base.no_such_group] }\n---\nNobody's.");
  return folder;
}
