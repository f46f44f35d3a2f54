import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../kernel/errors.js';
import { keyOf, newMaster, readMaster, type SecretKey } from './sealing.js';

/** Where the keys of a process come from: the environment's first, then those of the file. */
export interface KeySource { environment: string | undefined; file: string }

export const keyFileOf = (dataDir: string): string => join(dataDir, 'secret.key');

/**
 * All keys of this process, the one to seal with next in front.
 *
 * @throws secrets.bad-key when one is no key, secrets.unreadable-file
 */
export function readKeys({ environment, file }: KeySource): SecretKey[] {
  const listed = [...mastersIn(environment ?? '', 'DANBI_SECRET_KEY'), ...mastersIn(fileText(file), `The file ${file}`)].map(keyOf);
  return listed.filter((each, index) => listed.findIndex(({ id }) => id === each.id) === index);
}

function mastersIn(text: string, where: string): Buffer[] {
  return text.split('\n').map((line) => line.replace(/#.*/, '')).join(',').split(',').map((part) => part.trim()).filter((part) => part !== '').map((part) => {
    const master = readMaster(part);
    if (!master) throw new AppError('secrets.bad-key', `${where} must hold 32 random bytes in base64 or hex, such as "openssl rand -base64 32" prints, and several with commas between while keys are changed.`);
    return master;
  });
}

function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new AppError('secrets.unreadable-file', `The file ${file} with the keys of secrets can not be read: ${(error as Error).message}. Give it back to the user that Danbi runs as.`, 'unavailable', [], { cause: error });
  }
}

const NOTE = '# These keys open the secrets in the database of Danbi: the first seals. Back this file up, apart from the database.\n';

/** Makes the file with a first key, unless another process has just made it: readable for its owner alone, there whole or not at all. */
export async function makeKeyFile(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const whole = await written(file, `${NOTE}${newMaster()}\n`);
  try {
    await link(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

/** Puts a new key in front of those of the file. */
export async function addKeyToFile(file: string): Promise<void> {
  const old = fileText(file).replace(NOTE, '');
  await rename(await written(file, `${NOTE}${newMaster()}\n${old}`), file);
}

async function written(file: string, text: string): Promise<string> {
  const beside = `${file}.${randomUUID()}.new`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return beside;
}
