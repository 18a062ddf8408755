import type { Fact } from "../../infra/document.ts";
import type { AccessAttributes } from "../../permissions/access-attributes.ts";
import type { FileText } from "../parse-once.ts";
import type { DraftPart } from "./port.ts";

/** A file's only part; `facts` are those of the record that it hangs on, before those that the file states. */
export function filePart(file: FileText, access: AccessAttributes, facts: readonly Fact[] = []): DraftPart {
  return {
    key: "main",
    text: file.text,
    ...("spans" in file ? { spans: file.spans } : { blocks: file.blocks }),
    access,
    facts: [...facts, ...(file.facts ?? [])],
    ...(file.origin === undefined ? {} : { file: file.origin }),
  };
}
