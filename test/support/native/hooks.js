import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const GLOBALS = new URL('./globals.js', import.meta.url).href;
const OPTIONS = {
  swcrc: false, configFile: false, sourceMaps: 'inline', module: { type: 'es6' },
  jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true } },
};

/** TypeScript says `./one.js` where it means `./one.ts`; and each test file has functions of its own to describe tests with. */
export async function resolve(specifier, context, next) {
  if (specifier === '@jest/globals') return { url: context.parentURL.endsWith('.test.ts') ? `${GLOBALS}?of=${encodeURIComponent(context.parentURL)}` : GLOBALS, format: 'module', shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && !context.parentURL.includes('/node_modules/')) {
    for (const ending of ['.ts', '.tsx']) {
      const url = new URL(specifier.replace(/\.js$/, ending), context.parentURL);
      if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
    }
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!/\.tsx?$/.test(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const { code } = await transform(readFileSync(filename, 'utf8'), { ...OPTIONS, filename, sourceFileName: filename });
  return { format: 'module', source: code, shortCircuit: true };
}
