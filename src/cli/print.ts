import type { FilesApplied, FilesPlan } from '../contract/files.js';

type Item = FilesPlan['items'][number];
const SIGNS: Record<Item['action'], string> = { create: '+', update: '~', unchanged: ' ', ended: '!' };
const NOTES: Record<Item['publishes'], string> = { no: '', now: '  -> publish', later: '  (not published as it is; --publish does)' };

/** What would happen, one thing a line, with what changes below it. What stays as it is, is not told. */
export function planLines({ items }: Pick<FilesPlan, 'items'>): string[] {
  const told = items.filter(({ action, publishes }) => action !== 'unchanged' || publishes !== 'no');
  return told.flatMap(({ kind, key, name, action, publishes, changes, inFlight }) => [
    `  ${SIGNS[action]} ${kind.padEnd(8)} ${key}${name === '' ? '' : `  ${name}`}${action === 'ended' ? '  has ended here and is left alone' : NOTES[publishes]}`,
    ...changes.map(({ en }) => `      ${en}`),
    ...(inFlight ? [`      ${inFlight.people} ${inFlight.people === 1 ? 'person is' : 'people are'} on the way and stay on the version they are on:`, ...inFlight.sentences.map(({ en }) => `        ${en}`)] : []),
  ]);
}

type Other = FilesPlan['others'][number];
export const goingOf = ({ others }: Pick<FilesPlan, 'others'>): Other[] => others.filter(({ does }) => does !== 'keep');
const GOING = { delete: 'deleted', archive: 'archived' } as const;

/** What is there and in no file, and what becomes (`remove`) or would become of it. */
export function otherLines({ others }: Pick<FilesPlan, 'others'>, remove: boolean): string[] {
  if (others.length === 0) return [];
  const lines = others.map(({ kind, key, name, does, why }) => `  ${remove && does !== 'keep' ? '-' : '?'} ${kind.padEnd(8)} ${key}  ${name}${does === 'keep' ? `  stays: ${why?.en ?? ''}` : remove ? `  -> ${GOING[does]}` : ''}`);
  return [remove ? 'In no file:' : 'In no file, and left alone (--delete takes away what can go):', ...lines];
}

export const findingLines = ({ findings }: Pick<FilesPlan, 'findings'>): string[] => findings.map(({ file, line, column, severity, message }) => `${file}:${line}:${column}: ${severity}: ${message}`);

export function summary({ items, valid, findings, others }: FilesPlan, remove: boolean): string {
  const count = (wanted: (item: Item) => boolean) => items.filter(wanted).length;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (!valid) return `${errors} ${errors === 1 ? 'error' : 'errors'}: nothing can be applied.`;
  return `${count(({ action }) => action === 'create')} to create, ${count(({ action }) => action === 'update')} to change, ${count(({ publishes }) => publishes === 'now')} to publish, ${remove ? `${goingOf({ others }).length} to remove, ` : ''}${count(({ action }) => action === 'unchanged')} as they are${!remove && others.length > 0 ? `, ${others.length} in no file` : ''}.`;
}

export const publishedLines = (published: FilesApplied['published']): string[] => published.map(({ key, version, refused }) => (refused ? `  ${key}: not published. ${refused.message}` : `  ${key}: version ${String(version)} is published.`));
