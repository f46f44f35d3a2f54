import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** `templates/` beside `src/` in the repository and in the compiled service. */
export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

const loaded = new Map<string, Promise<string | null>>();

/** The MJML of a layout, or null when there is none of this name. Names are checked by the contract: letters, digits, "-". */
export function loadLayout(name: string): Promise<string | null> {
  if (!/^[a-z0-9-]{1,60}$/.test(name)) return Promise.resolve(null);
  let layout = loaded.get(name);
  if (!layout) {
    layout = readFile(`${TEMPLATES}layouts/${name}.mjml`, 'utf8').catch((error: NodeJS.ErrnoException) => {
      loaded.delete(name);
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    loaded.set(name, layout);
  }
  return layout;
}

/** The names of all layouts, those of the operator too. */
export async function listLayouts(): Promise<string[]> {
  const files = await readdir(`${TEMPLATES}layouts/`);
  return files.flatMap((file) => /^([a-z0-9-]{1,60})\.mjml$/.exec(file)?.[1] ?? []).toSorted();
}

/** Every layout must let people out, in the part that also ends the text version. */
export function offersUnsubscription(layout: string): boolean {
  const shown = layout.replace('<!-- body -->', '').replace(/<!--[\s\S]*?-->/g, '');
  const footer = shown.search(/css-class="[^"]*\bdanbi-footer\b/);
  return footer >= 0 && /href="\{\{\s*message\.unsubscribeUrl\s*\}\}"/.test(shown.slice(footer));
}
