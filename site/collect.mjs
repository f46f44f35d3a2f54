// Gathers the pages of the site from the whole repository into site/pages, which VitePress builds: guides and references as they stand there,
// and the API reference made from openapi.json.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { apiPages } from './api-pages.mjs';
import { pageOf, places, ROOT } from './places.mjs';

/** Writes all pages anew. @returns their addresses */
export function collect(folder = join(ROOT, 'site/pages')) {
  rmSync(folder, { recursive: true, force: true });
  const known = new Map(places());
  const pictures = new Set();
  const write = (address, text) => {
    const path = join(folder, `${address}.md`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const [file, address] of known) write(address, pageOf(file, address, readFileSync(join(ROOT, file), 'utf8'), known, pictures));
  const api = apiPages(JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8')));
  for (const [address, text] of api) write(address, text);
  mkdirSync(join(folder, 'public/pictures'), { recursive: true });
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  for (const picture of pictures) for (const place of ['pictures', 'public/pictures']) cpSync(join(ROOT, picture), join(folder, place, basename(picture)));
  cpSync(join(ROOT, 'web/public/assets/icon.svg'), join(folder, 'public/icon.svg'));
  cpSync(join(ROOT, 'openapi.json'), join(folder, 'public/openapi.json'));
  return [...known.values(), ...api.map(([address]) => address)];
}
