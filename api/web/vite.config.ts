import { defineConfig } from "vite";

/** Everything is a file of our own origin: the server's `default-src 'self'` allows neither inline code nor data URLs. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
