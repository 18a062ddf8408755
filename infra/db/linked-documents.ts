import type { DocumentHead, ReadableDocuments } from "./port.ts";

/**
 * Documents with whole addresses: what is stored is the path within Odoo, the same for a live server and its recording. Without a server to
 * open it on (`base` null), a path is no link.
 */
export function linkedDocuments(documents: ReadableDocuments, base: string | null): ReadableDocuments {
  const linked = <Item extends { readonly document: DocumentHead }>(item: Item): Item => ({
    ...item,
    document: { ...item.document, url: wholeUrl(item.document.url, base) },
  });
  return {
    chunks: async (...query) => (await documents.chunks(...query)).map(linked),
    superseding: async (...query) => (await documents.superseding?.(...query)) ?? [],
    lacksVectors: async (...query) => (await documents.lacksVectors?.(...query)) ?? false,
    parts: async (...query) => (await documents.parts(...query)).map(linked),
  };
}

function wholeUrl(url: string | null, base: string | null): string | null {
  if (url === null || !url.startsWith("/")) return url;
  if (base === null) return null;
  // Joined, not resolved: what is stored never chooses the host.
  return `${base.replace(/\/+$/, "")}/${url.replace(/^[/\\]+/, "")}`;
}
