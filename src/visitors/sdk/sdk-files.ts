import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../kernel/errors.js';
import { ROOT } from '../../platform/version.js';
import { CODINGS, type Coding } from './domain/coding.js';

export interface SdkFile {
  type: string;
  /** It never changes under this name. */
  immutable: boolean;
  bodies: ReadonlyMap<Coding, { data: Buffer; tag: string }>;
}

const FOLDER = join(ROOT, 'dist/sdk');
const ENDING: Record<Coding, string> = { br: '.br', gzip: '.gz', identity: '' };
export const UI_NAME = /^ui-[0-9a-f]{12}\.js$/;

/** What `scripts/sdk.mjs` has built, read once and kept in memory with its codings (60 KB). */
@Injectable()
export class SdkFiles {
  private files: Map<string, SdkFile> | null = null;

  /**
   * A file under its name; null when there is none. A page that was opened before an upgrade asks for the chunk of the release
   * before: it gets today's, which must not be kept under that name.
   */
  find(name: string): SdkFile | null {
    this.files ??= read();
    const file = this.files.get(name);
    if (file || !UI_NAME.test(name)) return file ?? null;
    const current = [...this.files].find(([other]) => UI_NAME.test(other))?.[1];
    return current ? { ...current, immutable: false } : null;
  }

  /** The name of today's chunk that displays messages. */
  chunk(): string {
    this.files ??= read();
    return [...this.files.keys()].find((name) => UI_NAME.test(name))!;
  }
}

function read(): Map<string, SdkFile> {
  if (!existsSync(join(FOLDER, 'danbi.js'))) throw new AppError('sdk_not_built', 'The browser SDK is not there: run "npm run build".', 'unavailable');
  const names = ['danbi.js', 'danbi.d.ts', ...readdirSync(FOLDER).filter((name) => UI_NAME.test(name))];
  return new Map(names.map((name) => [name, {
    type: name.endsWith('.d.ts') ? 'text/plain; charset=utf-8' : 'text/javascript; charset=utf-8',
    immutable: UI_NAME.test(name),
    bodies: new Map(CODINGS.map((coding) => {
      const data = readFileSync(join(FOLDER, `${name}${ENDING[coding]}`));
      return [coding, { data, tag: `"${createHash('sha256').update(data).digest('base64url').slice(0, 16)}"` }];
    })),
  }]));
}
