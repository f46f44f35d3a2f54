/** What is kept in files, in the order in which it is made: what comes later may name what came before. */
export const FILE_KINDS = ['topic', 'list', 'snippet', 'segment', 'labels', 'settings', 'campaign', 'holdout'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** There is one of it in a workspace, so its file has no key. A part that it does not name stays as it is. */
export const SINGLE_KINDS = ['labels', 'settings'] as const;
export const isSingle = (kind: FileKind): kind is (typeof SINGLE_KINDS)[number] => (SINGLE_KINDS as readonly FileKind[]).includes(kind);

/** The other way round: what goes before what it names. */
export const REMOVED_IN_ORDER: readonly FileKind[] = ['holdout', 'campaign', 'segment', 'snippet', 'list', 'labels', 'topic'];

/** What definitions name by id, and files by key. Endpoints are named but never written: their addresses are secrets. */
export const KEYED_KINDS = ['segment', 'list', 'campaign', 'endpoint', 'holdout'] as const;
export type KeyedKind = (typeof KEYED_KINDS)[number];

export const FOLDERS: Record<Exclude<FileKind, (typeof SINGLE_KINDS)[number]>, string> = { holdout: 'holdouts', topic: 'topics', list: 'lists', snippet: 'snippets', segment: 'segments', campaign: 'campaigns' };
/** The form of a file; another form has another number. */
export const formatOf = (kind: FileKind): string => `danbi.${kind}/1`;
export const kindOfFormat = (format: unknown): FileKind | undefined => FILE_KINDS.find((kind) => formatOf(kind) === format);
export const pathOf = (kind: FileKind, key: string): string => (isSingle(kind) ? `${kind}.yaml` : `${FOLDERS[kind]}/${key}.yaml`);

/** `kind/key` of the file that a server wrote to this path. */
export function placeOfPath(path: string): string {
  const [folder, key] = path.replace(/\.yaml$/, '').split('/');
  const single = SINGLE_KINDS.find((kind) => kind === folder);
  return single ? `${single}/${single}` : `${FILE_KINDS.find((kind) => !isSingle(kind) && FOLDERS[kind] === folder)!}/${key!}`;
}

/** One file as it lies in a folder: its path below it, with "/", and what it says. */
export interface FileText { path: string; content: string }

/** What a thing is called in files, in every environment: also the name of a file, so small letters only. */
export const FILE_KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/;
