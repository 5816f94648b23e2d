/* After the build: packs each file for those who take it so, and holds the first load of the pages to its budget. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const out = process.env.KYSO_PORTAL_OUT ?? '../../build/portal';
const LIMIT = 400 * 1024; /* bytes, packed: page, scripts and styles of the first load */
const PAGES = { 'log-in': 'src/pages/login.tsx', 'dossier list': 'src/pages/dossiers.tsx' };
const PACKED = /\.(js|css|svg|html|json)$/;

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    if (name.startsWith('.') || name.endsWith('.gz')) return [];
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const size = {};
for (const path of files(out)) {
  const content = readFileSync(path);
  const packed = gzipSync(content, { level: 9 });
  size[path] = Math.min(content.length, packed.length);
  if (PACKED.test(path) && packed.length < content.length) writeFileSync(`${path}.gz`, packed);
}

const manifest = JSON.parse(readFileSync(join(out, '.vite/manifest.json'), 'utf8'));
function loadedBy(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  (chunk.css ?? []).forEach((f) => seen.add(f));
  (chunk.imports ?? []).forEach((k) => loadedBy(k, seen));
  return seen;
}

const styles = Object.values(manifest).map((c) => c.file).filter((f) => f.endsWith('.css'));
let failed = false;
for (const [name, key] of Object.entries(PAGES)) {
  const all = new Set([...loadedBy('index.html'), ...loadedBy(key), ...styles, 'index.html', 'favicon.svg']);
  const bytes = [...all].reduce((n, f) => n + size[join(out, f)], 0);
  console.log(`first load of ${name}: ${(bytes / 1024).toFixed(1)} KB packed, ${all.size} files (limit ${LIMIT / 1024} KB)`);
  failed ||= !(bytes <= LIMIT);
}
const html = readFileSync(join(out, 'index.html'), 'utf8');
if (/<script(?![^>]*\bsrc=)|\bstyle=|<style|\bon\w+=/.test(html)) {
  console.error('index.html holds a script or style of its own: the Content-Security-Policy forbids it');
  failed = true;
}
if (failed) process.exit(1);
