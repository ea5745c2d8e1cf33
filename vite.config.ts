/** @file How the web app is built into `dist/web`, which the server serves: `npm run build`. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressFiles } from './scripts/web/compress-files.ts';
import { drawnFiles } from './scripts/web/drawn-files.ts';
import { precacheList } from './scripts/web/precache-list.ts';

export default defineConfig({
  root: 'src/web',
  // The garment worker loads one of two runtimes.
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    // Safari 16.4 has what we use: module workers, `inset`, `color-mix` a little later.
    target: 'es2022',
    // Small files in the page would need `data:` in the policy of fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { index: 'src/web/index.html', 'service-worker': 'src/web/offline/service-worker.ts' },
      output: {
        // Its address must stay, and stand above what it serves.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  plugins: [react(), drawnFiles(), precacheList(), compressFiles()],
});
