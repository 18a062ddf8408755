/** Scanned pages of one file that are recognised. */
export const MAXIMUM_OCR_PAGES = 200;

/** Milliseconds. A 300-dpi page takes four to six seconds, and three times that on a busy machine. */
export const OCR_PAGE_TIMEOUT = 45_000;
