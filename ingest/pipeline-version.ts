/** Part of every fingerprint: raise it when parsing, rendering or chunking changes what is stored, and everything is ingested anew. */
export const PIPELINE_VERSION = 5;
