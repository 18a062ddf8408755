import { createRequire } from "node:module";
import type { default as library, FieldsData } from "@kenjiuno/msgreader";
import { GroundworkError } from "../../infra/errors.ts";
import { decodeText } from "./decode-text.ts";
import { addHtml } from "./html-blocks.ts";
import { singleLine } from "./normalise-text.ts";
import type { ParsedAttachment, Parser } from "./port.ts";
import { MOST_ATTACHMENTS, safeName } from "./safe-name.ts";
import { addPlainText } from "./text.ts";
import { TextBuilder } from "./text-builder.ts";

// The package is CommonJS, and what an import calls its default differs between Node and its test runner.
const require = createRequire(import.meta.url);
const { default: MsgReader } = require("@kenjiuno/msgreader") as typeof library;
type Reader = InstanceType<typeof MsgReader>;

/** An Outlook message, read like `emlParser` reads mail: headers, text, attachments unread. */
export const msgParser: Parser = {
  parse: async (bytes) => {
    const { reader, message } = open(bytes);
    const builder = new TextBuilder();
    for (const [label, value] of headersOf(message)) {
      if (value !== "") builder.add("list-item", `${label}: ${value}`);
    }
    addBody(builder, message);
    const attachments = (message.attachments ?? []).filter((attachment) => attachment.attachmentHidden !== true);
    return builder.build({
      title: message.subject,
      kind: "e-mail",
      attachments: attachments.slice(0, MOST_ATTACHMENTS).flatMap((attachment, index) => {
        const { fileName, content } = reader.getAttachment(attachment);
        const name = safeName(fileName ?? "") || `attachment-${index + 1}`;
        return content.length === 0 ? [] : [{ name, bytes: Uint8Array.from(content) } satisfies ParsedAttachment];
      }),
      warnings:
        attachments.length > MOST_ATTACHMENTS ? [`Only the first ${MOST_ATTACHMENTS} attachments are read.`] : [],
    });
  },
};

function open(bytes: Uint8Array): { readonly reader: Reader; readonly message: FieldsData } {
  try {
    const reader = new MsgReader(Uint8Array.from(bytes).buffer);
    const message = reader.getFileData();
    if (message.error === undefined) return { reader, message };
  } catch (cause) {
    throw damaged(cause);
  }
  throw damaged();
}

function damaged(cause?: unknown): GroundworkError {
  return new GroundworkError(
    "unreadable-file",
    "The message is damaged. Save it again from Outlook and upload the copy.",
    { cause },
  );
}

function headersOf(message: FieldsData): (readonly [string, string])[] {
  const date = new Date(message.messageDeliveryTime ?? message.clientSubmitTime ?? "");
  return [
    ["From", person(message.senderName, message.senderSmtpAddress ?? message.senderEmail)],
    ["To", recipients(message, "to")],
    ["Cc", recipients(message, "cc")],
    ["Date", Number.isNaN(date.getTime()) ? "" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`],
    ["Subject", singleLine(message.subject ?? "")],
  ];
}

function recipients(message: FieldsData, type: "to" | "cc"): string {
  return (message.recipients ?? [])
    .filter(({ recipType }) => recipType === type)
    .map(({ name, smtpAddress, email }) => person(name, smtpAddress ?? email))
    .filter((text) => text !== "")
    .join(", ");
}

/** Addresses within an organisation are paths of its directory, which say nothing to a person. */
function person(name = "", address = ""): string {
  const mail = address.includes("@") && address !== name ? `<${address}>` : "";
  return singleLine(`${name} ${mail}`);
}

function addBody(builder: TextBuilder, message: FieldsData): void {
  if ((message.body ?? "").trim() !== "") addPlainText(builder, message.body ?? "");
  else if (message.html !== undefined)
    addHtml(builder, decodeText(message.html, `windows-${message.internetCodepage}`));
  else addHtml(builder, message.bodyHtml ?? "");
}
