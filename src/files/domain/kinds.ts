/** What is kept in files, in the order in which it is made: what comes later may name what came before. */
export const FILE_KINDS = ['topic', 'list', 'snippet', 'segment', 'campaign'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** What definitions name by id, and files by key. Endpoints are named but never written: their addresses are secrets. */
export const KEYED_KINDS = ['segment', 'list', 'campaign', 'endpoint'] as const;
export type KeyedKind = (typeof KEYED_KINDS)[number];

export const FOLDERS: Record<FileKind, string> = { topic: 'topics', list: 'lists', snippet: 'snippets', segment: 'segments', campaign: 'campaigns' };
/** The form of a file; another form has another number. */
export const formatOf = (kind: FileKind): string => `danbi.${kind}/1`;
export const kindOfFormat = (format: unknown): FileKind | undefined => FILE_KINDS.find((kind) => formatOf(kind) === format);
export const pathOf = (kind: FileKind, key: string): string => `${FOLDERS[kind]}/${key}.yaml`;

/** One file as it lies in a folder: its path below it, with "/", and what it says. */
export interface FileText { path: string; content: string }

/** What a thing is called in files, in every environment: also the name of a file, so small letters only. */
export const FILE_KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/;
