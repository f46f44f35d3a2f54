import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../kernel/errors.js';
import { readBuilt, type BuiltFile } from '../../platform/http/built-files.js';
import { ROOT } from '../../platform/version.js';

const FOLDER = join(ROOT, 'dist/sdk');
export const UI_NAME = /^ui-[0-9a-f]{12}\.js$/;

/** What `scripts/sdk.mjs` has built, read once and kept in memory with its codings (60 KB). */
@Injectable()
export class SdkFiles {
  private files: Map<string, BuiltFile> | null = null;

  /**
   * A file under its name; null when there is none. A page that was opened before an upgrade asks for the chunk of the release
   * before: it gets today's, which must not be kept under that name.
   */
  find(name: string): BuiltFile | null {
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

function read(): Map<string, BuiltFile> {
  if (!existsSync(join(FOLDER, 'danbi.js'))) throw new AppError('sdk_not_built', 'The browser SDK is not there: run "npm run build".', 'unavailable');
  const names = ['danbi.js', 'danbi.d.ts', ...readdirSync(FOLDER).filter((name) => UI_NAME.test(name))];
  return new Map(names.map((name) => [name, readBuilt(join(FOLDER, name), UI_NAME.test(name))]));
}
