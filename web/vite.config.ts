import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** Where `npm run dev -w web` finds a hub. */
const HUB = process.env.STACKSENSE_API_URL ?? 'http://localhost:4000'

export default defineConfig({
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'false' },
  build: {
    target: 'es2023',
    // The hub's content security policy allows no inline script and no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': HUB,
      '/graphql': { target: HUB, ws: true },
    },
  },
})
