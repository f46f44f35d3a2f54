// Builds the browser SDK into dist/sdk: the entry of the script tag, the chunk that displays messages, the npm package. Ends
// with exit code 1 when one of them has become larger than it may be.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import swc from '@swc/core';
import { build } from 'esbuild';
import ts from 'typescript';

const OUT = 'dist/sdk';
/** Bytes after gzip -9: what the design of visitors promises. */
const LIMITS = { core: 6_656, ui: 6_144, total: 12_288 };
const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
const sizes = {};

const common = { bundle: true, write: false, target: 'es2020', platform: 'browser', charset: 'utf8', legalComments: 'none', logLevel: 'error' };
// Names that end with an underscore are ours alone and are shortened; everything else is spelled out on the wire or in the API.
// The compiler has seen that all of it is strict; a browser need not be told.
const small = { ...common, minify: true, mangleProps: /[^_]_$/, tsconfigRaw: { compilerOptions: { alwaysStrict: false } } };

/** Short names of both files: they talk to each other. */
let names = {};

async function bundle(entry, options) {
  const { outputFiles, mangleCache } = await build({ entryPoints: [entry], ...options, mangleCache: names });
  names = mangleCache ?? names;
  return Buffer.from(await shorten(outputFiles[0].text, options.format === 'esm'));
}

/** A second minifier finds another twentieth. */
async function shorten(code, module) {
  const compress = { passes: 4, toplevel: true, unsafe_arrows: true, unsafe_methods: true, unsafe: true, pure_getters: true, ecma: 2020 };
  return (await swc.minify(code, { module, compress, mangle: { toplevel: true }, format: { ecma: 2020, comments: false }, ecma: 2020 })).code;
}

/** Writes a script in the three codings a browser may ask for, so that the server never compresses. */
function keep(name, data) {
  const gzip = gzipSync(data, { level: 9 });
  const brotli = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } });
  writeFileSync(`${OUT}/${name}`, data);
  writeFileSync(`${OUT}/${name}.gz`, gzip);
  writeFileSync(`${OUT}/${name}.br`, brotli);
  return { raw: data.length, gzip: gzip.length, brotli: brotli.length };
}

/** The public types are one file without imports, published as it is with the values added. */
function declarations(ending) {
  const source = readFileSync('sdk/src/api.ts', 'utf8');
  const { outputText, diagnostics } = ts.transpileDeclaration(source, { compilerOptions: { strict: true, removeComments: false } });
  if (diagnostics?.length) throw new Error(ts.flattenDiagnosticMessageText(diagnostics[0].messageText, '\n'));
  return `${outputText.trimEnd()}\n\n${ending}`;
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(`${OUT}/npm`, { recursive: true });
const ui = await bundle('sdk/src/live/index.ts', { ...small, format: 'esm' });
const uiName = `ui-${createHash('sha256').update(ui).digest('hex').slice(0, 12)}.js`;
sizes.ui = keep(uiName, ui);
const define = { __UI__: JSON.stringify(uiName), __VERSION__: JSON.stringify(version) };
sizes.core = keep('danbi.js', await bundle('sdk/src/core.ts', { ...small, format: 'iife', define }));
keep('danbi.d.ts', Buffer.from(declarations('declare global {\n  interface Window { danbi: Danbi }\n}\n')));

// A package is bundled by others, who have their own idea of a chunk: the chunk stays a file beside it.
await build({ entryPoints: { index: 'sdk/src/npm.ts' }, ...common, write: true, splitting: true, format: 'esm', outdir: `${OUT}/npm`, chunkNames: '[name]-[hash]', minifySyntax: true, define });
writeFileSync(`${OUT}/npm/index.d.ts`, declarations('declare const danbi: Danbi;\nexport default danbi;\n'));
writeFileSync(`${OUT}/npm/package.json`, `${JSON.stringify({ name: 'danbi-js', version, license, description: 'Auto messages, in-app messages and events of Danbi, for web pages.', type: 'module', main: './index.js', module: './index.js', types: './index.d.ts', exports: { '.': { types: './index.d.ts', default: './index.js' } }, sideEffects: false, files: ['*.js', '*.d.ts'] }, null, 2)}\n`);
copyFileSync('sdk/README.md', `${OUT}/npm/README.md`);

sizes.total = Object.fromEntries(['raw', 'gzip', 'brotli'].map((coding) => [coding, sizes.core[coding] + sizes.ui[coding]]));
writeFileSync(`${OUT}/sizes.json`, `${JSON.stringify(sizes)}\n`);
for (const [name, limit] of Object.entries(LIMITS)) {
  const { raw, gzip, brotli } = sizes[name];
  process.stdout.write(`sdk ${name}: ${raw} B, gzip ${gzip} of ${limit}, brotli ${brotli}\n`);
  if (gzip > limit) {
    process.stderr.write(`The ${name} of the SDK may have ${limit} bytes after gzip and has ${gzip}.\n`);
    process.exitCode = 1;
  }
}
