import { DEFAULT_SEARCH_OPTIONS, type SearchOptions } from "../../retrieval/search-options.ts";

const PLAIN: SearchOptions = {
  ...DEFAULT_SEARCH_OPTIONS,
  feedback: null,
  documentWeight: 0,
  window: null,
  lateInteraction: 0,
  likeness: null,
  narrowing: null,
};

const WITHOUT_TOKENS: SearchOptions = { ...DEFAULT_SEARCH_OPTIONS, lateInteraction: 0, likeness: null };

/** The rows of the table: each part of the search added to those before it, then the default with one thing changed. */
export const ABLATIONS: readonly (readonly [string, SearchOptions])[] = [
  ["keywords alone", { ...PLAIN, vectorWeight: 0 }],
  ["vectors alone", { ...PLAIN, vectorWeight: 1 }],
  ["both", PLAIN],
  ["+ feedback", { ...PLAIN, feedback: DEFAULT_SEARCH_OPTIONS.feedback }],
  ["+ words close together, in a narrow search", { ...WITHOUT_TOKENS, documentWeight: 0, narrowing: null }],
  ["+ the document's other passages", { ...WITHOUT_TOKENS, narrowing: null }],
  ["+ narrowing to the title asked about", WITHOUT_TOKENS],
  ["+ late interaction", { ...DEFAULT_SEARCH_OPTIONS, likeness: null }],
  ["+ hits that are alike: the default", DEFAULT_SEARCH_OPTIONS],
  ["default without feedback", { ...DEFAULT_SEARCH_OPTIONS, feedback: null }],
];
