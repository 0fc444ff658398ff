// Builds build/static/<name>.<hash>.<ext> and vendor/assets.json {logical name: hashed name}.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle } from 'lightningcss';
import subsetFont from 'subset-font';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'build', 'static');
const modules = join(root, 'node_modules');
const manifest = {};
// Cascade layers, :has and the scripting media query: everything since early 2024.
const BROWSERS = { chrome: 120 << 16, firefox: 121 << 16, safari: (17 << 16) | (4 << 8) };

function keep(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const extension = extname(name);
  manifest[name] = `${basename(name, extension)}.${hash}${extension}`;
  writeFileSync(join(out, manifest[name]), content);
}

// Basic Latin, Latin-1 (Spanish names), and the punctuation our words and figures use.
function alphabet() {
  const ranges = [[0x20, 0x7e], [0xa0, 0xff]];
  const letters = ranges.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, step) => String.fromCodePoint(from + step)));
  return letters.join('') + '–—‘’“”•…−×€→';
}

async function buildFont() {
  const source = join(modules, '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2');
  const font = await subsetFont(readFileSync(source), alphabet(), {
    targetFormat: 'woff2',
    variationAxes: { wght: { min: 400, max: 640 } },
    keepFeatures: ['kern', 'tnum', 'ccmp', 'mark', 'cv11'],
  });
  keep('inter.woff2', font);
}

function buildIcons() {
  const folder = join(root, 'assets', 'icons');
  for (const name of readdirSync(folder).sort()) keep(name, readFileSync(join(folder, name)));
}

function buildStyles() {
  const filename = join(root, 'assets', 'css', 'app.css');
  const { code } = bundle({ filename, minify: true, targets: BROWSERS });
  const hashed = code.toString().replace(/url\("?\.\.\/(?:icons\/)?([\w.-]+)"?\)/g,
    (_, name) => `url(${manifest[name]})`);
  keep('app.css', hashed);
}

async function buildScripts() {
  for (const name of ['app.js', 'uploads.js']) {
    const made = await build({
      entryPoints: [join(root, 'assets', 'js', name)], bundle: true, minify: true,
      format: 'iife', target: 'es2022', write: false,
    });
    keep(name, made.outputFiles[0].contents);
  }
  const htmx = readFileSync(join(modules, 'htmx.org/dist/htmx.min.js'), 'utf8');
  keep('htmx.js', htmx.replace(/\n?\/\/# sourceMappingURL=.*$/m, ''));
}

mkdirSync(out, { recursive: true });
mkdirSync(join(root, 'vendor'), { recursive: true });
await buildFont();
buildIcons();
buildStyles();
await buildScripts();
const sorted = Object.fromEntries(Object.entries(manifest).sort());
writeFileSync(join(root, 'vendor', 'assets.json'), JSON.stringify(sorted, null, 2) + '\n');
// Last, so that a page rendered meanwhile never names a file that is gone.
const kept = new Set(Object.values(manifest));
for (const name of readdirSync(out)) if (!kept.has(name)) rmSync(join(out, name));
