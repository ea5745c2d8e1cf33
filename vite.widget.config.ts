/** @file How the widget is built: `dist/web/widget.js`, one file for any page, and an example page beside it. After the web app, whose build empties the folder. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { compressFiles } from './scripts/web/compress-files.ts';

const folder = new URL('src/web/widget/', import.meta.url);

export default defineConfig({
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL('dist/web', import.meta.url)),
    emptyOutDir: false,
    // Safari 16.4 has all that is used.
    target: 'es2022',
    reportCompressedSize: false,
    lib: {
      entry: fileURLToPath(new URL('widget.ts', folder)),
      formats: ['iife'],
      // Of a global that is not made: nothing is exported.
      name: 'deepShopping',
      fileName: () => 'widget.js',
    },
  },
  plugins: [examplePage(), compressFiles()],
});

function examplePage(): Plugin {
  return {
    name: 'example-page',
    generateBundle() {
      for (const [file, fileName] of [
        ['example.html', 'widget-example.html'],
        ['example.css', 'widget-example.css'],
      ] as const) {
        this.emitFile({ type: 'asset', fileName, source: readFileSync(new URL(file, folder)) });
      }
    },
  };
}
