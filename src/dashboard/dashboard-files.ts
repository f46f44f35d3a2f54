import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppError } from '../kernel/errors.js';
import { readBuilt, typeOf, type BuiltFile } from '../platform/http/built-files.js';
import { ROOT } from '../platform/version.js';

const FOLDER = join(ROOT, 'dist/web');
/** The build puts a hash into every name but this one. */
const UNHASHED = 'icon.svg';

/** The dashboard as `scripts/web.mjs` has built it, read once and kept in memory with its codings (1.5 MB). */
@Injectable()
export class DashboardFiles {
  private files: Map<string, BuiltFile> | null = null;

  /** The one page of the dashboard. @throws dashboard_not_built */
  page(): BuiltFile {
    return this.all().get('index.html')!;
  }

  /** A file of the page under its name; null when there is none. */
  asset(name: string): BuiltFile | null {
    return this.all().get(`assets/${name}`) ?? null;
  }

  private all(): Map<string, BuiltFile> {
    if (this.files) return this.files;
    if (!existsSync(join(FOLDER, 'index.html'))) throw new AppError('dashboard_not_built', 'The dashboard is not there: run "npm run build".', 'unavailable');
    const assets = readdirSync(join(FOLDER, 'assets')).filter((name) => typeOf(name) !== undefined);
    this.files = new Map([['index.html', readBuilt(join(FOLDER, 'index.html'), false)], ...assets.map((name) => [`assets/${name}`, readBuilt(join(FOLDER, 'assets', name), name !== UNHASHED)] as const)]);
    return this.files;
  }
}
