import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { CODINGS, type Coding } from './coding.js';

/** A file made by the build, in the codings a browser may ask for. */
export interface BuiltFile {
  type: string;
  /** It never changes under this name. */
  immutable: boolean;
  bodies: ReadonlyMap<Coding, { data: Buffer; tag: string }>;
}

const ENDING: Record<Coding, string> = { br: '.br', gzip: '.gz', identity: '' };
const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.html': 'text/html; charset=utf-8', '.svg': 'image/svg+xml', '.d.ts': 'text/plain; charset=utf-8',
};

/** The endings of files that are sent to browsers; the build writes each of them with `.gz` and `.br` beside it. */
export const typeOf = (name: string): string | undefined => TYPES[Object.keys(TYPES).find((ending) => name.endsWith(ending)) ?? ''];

/** Reads one file with its codings into memory. */
export function readBuilt(path: string, immutable: boolean): BuiltFile {
  const found = CODINGS.filter((coding) => existsSync(`${path}${ENDING[coding]}`));
  const bodies = new Map(found.map((coding) => {
    const data = readFileSync(`${path}${ENDING[coding]}`);
    return [coding, { data, tag: `"${createHash('sha256').update(data).digest('base64url').slice(0, 16)}"` }] as const;
  }));
  return { type: typeOf(path)!, immutable, bodies };
}
