import react from '@vitejs/plugin-react';
import { type Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { antdStyle } from './tools/style';

/* import 'virtual:antd.css': the sheet that tools/style.ts draws. */
function staticStyle(): Plugin {
  const name = 'virtual:antd.css';
  return {
    name: 'antd-static-style',
    resolveId: (id) => (id === name ? '\0' + name : undefined),
    load: (id) => (id === '\0' + name ? antdStyle() : undefined),
  };
}

/* KYSO_SERVER: a running service for `npm run dev`. */
const server = process.env.KYSO_SERVER ?? 'https://localhost:8443';

export default defineConfig({
  plugins: [react(), staticStyle()],
  build: {
    outDir: process.env.KYSO_PORTAL_OUT ?? '../../build/portal',
    emptyOutDir: true,
    manifest: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        manualChunks: (id) =>
          /node_modules\/(react|react-dom|scheduler|react-router|react-router-dom|@remix-run)\//.test(id) ? 'react' : undefined,
      },
    },
  },
  test: { setupFiles: 'test/webcrypto.ts' },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/approve'].map((path) => [path, { target: server, secure: false, headers: { origin: server } }]),
    ),
  },
});
