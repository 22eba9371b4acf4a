import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The explorer at `/explorer`: a page of its own, so that the dashboard carries nothing of it. Built after it, into the same folder. */
export default defineConfig({
  define: { 'process.env.NODE_ENV': '"production"' },
  // The hub's content security policy lets no font from a data: URL in; so they need not be sent either.
  css: {
    postcss: {
      plugins: [{ postcssPlugin: 'no-embedded-fonts', AtRule: { 'font-face': (rule) => void rule.remove() } }],
    },
  },
  publicDir: false,
  build: {
    target: 'es2023',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      input: fileURLToPath(new URL('explorer/index.html', import.meta.url)),
      // "use client" in React's libraries means nothing here.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
})
