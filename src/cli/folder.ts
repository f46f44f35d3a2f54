import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { ordered } from '../files/domain/canonical.js';
import { FOLDERS, formatOf, SINGLE_KINDS, type FileText } from '../files/domain/kinds.js';
import { readYaml } from '../files/domain/yaml-text.js';
import { Fault } from './fault.js';

const IS_FILE = /\.ya?ml$/;
/** What a server may have us write: a file of a folder of ours. */
const SAFE = new RegExp(`^(?:(?:${Object.values(FOLDERS).join('|')})/[A-Za-z0-9][A-Za-z0-9._-]*|${SINGLE_KINDS.join('|')})\\.yaml$`);

const IS_SINGLE = new Set(SINGLE_KINDS.map(formatOf));

/** Every YAML file below a folder, in order of its path; hidden folders are left out. @throws Fault when there is none */
export async function readFolder(folder: string): Promise<FileText[]> {
  const files = await filesBelow(folder);
  if (files.length === 0) throw new Fault(`There is no YAML file in ${folder}.`);
  return files;
}

async function filesBelow(folder: string): Promise<FileText[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: { code?: string }) => {
    throw new Fault(error.code === 'ENOENT' ? `There is no folder ${folder}.` : `${folder} can not be read: ${String(error.code)}.`);
  });
  const paths = found.filter((entry) => entry.isFile() && IS_FILE.test(entry.name)).map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, sep).length));
  const seen = paths.filter((path) => !path.split(sep).some((part) => part.startsWith('.') || part === 'node_modules')).toSorted();
  return Promise.all(seen.map(async (path) => ({ path: path.split(sep).join('/').normalize('NFC'), content: await readFile(join(folder, path), 'utf8') })));
}

export interface Written { written: string[]; kept: number; onlyHere: string[] }

/**
 * Writes files into a folder. One that says the same already stays as it is, with its comments; one that lies under another
 * name is written there. Nothing is deleted.
 */
export async function writeFolder(folder: string, files: readonly FileText[]): Promise<Written> {
  await mkdir(folder, { recursive: true });
  const here = new Map((await filesBelow(folder)).flatMap((file) => { const about = aboutOf(file); return about === null ? [] : [[about.name, { ...about, path: file.path }] as const]; }));
  const result: Written = { written: [], kept: 0, onlyHere: [] };
  const told = new Set<string>();
  for (const file of files) {
    if (!SAFE.test(file.path)) throw new Fault(`The server names a file that can not be written: ${file.path}`);
    const { name, says } = aboutOf(file)!;
    told.add(name);
    const mine = here.get(name);
    if (mine?.says === says) { result.kept += 1; continue; }
    const path = mine?.path ?? file.path;
    await write(join(folder, path), file.content);
    result.written.push(path);
  }
  result.onlyHere = [...here].filter(([name]) => !told.has(name)).map(([, { path }]) => path).toSorted();
  return result;
}

/** What a file with one document is about, and what it says whatever its form. */
function aboutOf({ content }: FileText): { name: string; says: string } | null {
  const documents = readYaml(content);
  const value = documents[0]?.value as { format?: unknown; key?: unknown } | undefined;
  return documents.length === 1 && typeof value?.format === 'string' && (typeof value.key === 'string' || IS_SINGLE.has(value.format)) ? { name: `${value.format} ${typeof value.key === 'string' ? value.key : ''}`, says: JSON.stringify(ordered(value)) } : null;
}

/** Whole or not at all. */
async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}
