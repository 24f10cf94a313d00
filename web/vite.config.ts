/** How the pages are built: small, without anything inline, and packed already. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { convertCssVariables, DEFAULT_THEME, mergeMantineTheme } from '@mantine/core';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { resolveCssVariables, theme } from './src/theme.js';

const SERVER = 'http://127.0.0.1:8086';
const PACKED = ['.js', '.css', '.html', '.svg'];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeAsFile(), packFiles()],
  build: {
    target: 'es2023',
    // Nothing as a data: address, and no script to make up for what every browser of today can.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file of styles: a page whose script is asked for again would be without its own.
    cssCodeSplit: false,
    chunkSizeWarningLimit: 700,
  },
  server: { port: 8087, strictPort: true, proxy: { '/api': SERVER, '/health': SERVER } },
});

/**
 * Mantine writes its variables into a style element when the page starts, which a policy without inline styles forbids. They depend on
 * nothing but the theme, and so can be a file.
 */
function themeAsFile(): Plugin {
  const name = 'virtual:theme.css';
  return {
    name: 'theme-as-file',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) =>
      id === `\0${name}` ? convertCssVariables(resolveCssVariables(mergeMantineTheme(DEFAULT_THEME, theme)), ':root') : undefined,
  };
}

/** Lays a .br and a .gz beside each text, so that the server need not pack anything. */
function packFiles(): Plugin {
  let directory = '';
  return {
    name: 'pack-files',
    apply: 'build',
    configResolved(config) {
      directory = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !PACKED.includes(extname(entry.name))) continue;
        const file = join(entry.parentPath, entry.name);
        const text = readFileSync(file);
        writeFileSync(`${file}.br`, brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }));
        writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
