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
    // One file of styles, and one of what several pages share: two dozen small ones take longer than all their bytes.
    cssCodeSplit: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'shared', test: /web\/src|virtual/, minShareCount: 2 }] },
      },
    },
  },
  server: {
    proxy: {
      '/api': HUB,
      '/graphql': { target: HUB, ws: true },
    },
  },
})
