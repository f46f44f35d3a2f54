import { createHash } from 'node:crypto';
import { newId } from '../kernel/ids.js';
import { inKorean } from '../platform/korean/korean-of.js';
import { refusedInput } from '../platform/http/validation.js';
import { ordered } from './domain/canonical.js';
import { labelPlace } from './workspace-forms.js';
import { FILE_KINDS, formatOf, isSingle, kindOfFormat, type FileKind, type FileText, type KeyedKind } from './domain/kinds.js';
import { withIds } from './domain/named.js';
import { readYaml, type Position, type YamlDocument } from './domain/yaml-text.js';
import { Forms, type Content } from './forms.js';
import { placeIn, type Environment, type Kept } from './load-kept.js';

/** Something to say about a place of a file. Errors keep everything from being applied. */
export interface FileFinding extends Position { severity: 'error' | 'warning'; file: string; path: string; code: string; message: string; messageKo?: string }

/** One thing of the files beside what is here under its key. `id` is the one it has or will have. */
export interface Wanted {
  kind: FileKind;
  key: string;
  id: string;
  file: string;
  /** What will be: of what there is one of, with what its file does not name. */
  content: Content;
  /** What the file itself says. */
  own: Content;
  kept: Kept | null;
  /** Of what the file says. */
  hash: string;
  say(severity: FileFinding['severity'], path: string, said: { code: string; message: string; messageKo?: string }): FileFinding;
}

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
/** Stands where a key means nothing, so that its fault is told once. */
const NOBODY = '00000000-0000-4000-8000-000000000000';
interface Raw { kind: FileKind; key: string; file: string; value: Node; document: YamlDocument }

/** Reads files against what is here. With findings of severity error among them, `wanted` is not complete. */
export function readFiles(files: readonly FileText[], environment: Environment): { wanted: Wanted[]; findings: FileFinding[] } {
  const findings: FileFinding[] = [];
  const raw = files.flatMap((file) => readYaml(file.content).flatMap((document) => rawOf(file.path, document, findings)));
  const ids = new Map<string, string>();
  for (const one of raw) {
    const place = placeIn(one.kind, one.key);
    const twin = ids.has(place) && raw.find((other) => other.kind === one.kind && other.key === one.key);
    if (twin) findings.push(finding(one, 'error', 'key', { code: 'files.key-twice', message: isSingle(one.kind) ? `${twin.file} has the ${one.kind} as well; there is one file of them.` : `The ${one.kind} "${one.key}" is in ${twin.file} as well.` }));
    else ids.set(place, environment.kept.get(place)?.id ?? (one.kind === 'topic' || one.kind === 'snippet' || isSingle(one.kind) ? one.key : newId()));
  }
  const idOf = (kind: KeyedKind, key: string) => ids.get(placeIn(kind, key)) ?? environment.idOf(kind, key);
  const wanted = raw.flatMap((one) => wantedOf(one, { ids, idOf, kept: environment.kept }, findings));
  return { wanted: wanted.toSorted((a, b) => FILE_KINDS.indexOf(a.kind) - FILE_KINDS.indexOf(b.kind) || (a.key < b.key ? -1 : 1)), findings };
}

function rawOf(file: string, document: YamlDocument, findings: FileFinding[]): Raw[] {
  const say = (path: string, code: string, message: string) => findings.push(finding({ file, document }, 'error', path, { code, message }));
  for (const { line, column, message } of document.faults) findings.push({ severity: 'error', file, line, column, path: '', ...told({ code: 'files.not-yaml', message: `This is no YAML: ${message}` }) });
  if (document.faults.length > 0) return [];
  if (!isNode(document.value)) { say('', 'files.not-a-file', 'A file names what it is in its first line: format: danbi.campaign/1.'); return []; }
  const { format, ...value } = document.value;
  const kind = kindOfFormat(format);
  if (!kind) { say('format', 'files.other-format', `The format must be one of ${FILE_KINDS.map(formatOf).join(', ')}.`); return []; }
  if (isSingle(kind)) return [{ kind, key: kind, file, value, document }];
  if (typeof value.key !== 'string') { say('key', 'files.no-key', 'The key is missing: it says which one is meant, in every environment.'); return []; }
  return [{ kind, key: value.key, file, value, document }];
}

const told = <T extends { code: string; message: string; messageKo?: string }>({ code, message, messageKo }: T) => { const korean = inKorean({ path: '', code, message, ...(messageKo === undefined ? {} : { messageKo }) }); return { code, message, ...(korean.messageKo === undefined ? {} : { messageKo: korean.messageKo }) }; };

/** @param path as the API names it: `definition.steps.2.segmentId` */
function finding({ file, document }: { file: string; document: YamlDocument }, severity: FileFinding['severity'], path: string, said: { code: string; message: string; messageKo?: string }): FileFinding {
  const parts = path === '' ? [] : path.split('.').map((part) => /^(segment|list|campaign|endpoint)Id$/.exec(part)?.[1] ?? part.replace(/^campaignIds$/, 'campaigns').replace(/^exceptCampaignIds$/, 'exceptCampaigns'));
  return { severity, file, ...document.placeOf(parts), path: parts.join('.'), ...told(said) };
}

interface Known { ids: ReadonlyMap<string, string>; idOf(kind: KeyedKind, key: string): string | undefined; kept: Environment['kept'] }

function wantedOf(raw: Raw, { ids, idOf, kept }: Known, findings: FileFinding[]): Wanted[] {
  const say: Wanted['say'] = (severity, path, said) => finding(raw, severity, path, said);
  const { kind, key, file } = raw;
  const value = 'definition' in raw.value ? { ...raw.value, definition: withIds(raw.value.definition, (named, name, path) => {
    const id = idOf(named, name);
    if (id === undefined) findings.push(say('error', ['definition', ...path].join('.'), { code: `files.unknown-${named}`, message: named === 'endpoint' ? `There is no webhook endpoint with the key "${name}" here. Endpoints are not in files, because their addresses are secret: make one whose name gives this key.` : `There is no ${named} with the key "${name}", here or in the files.` }));
    return id ?? NOBODY;
  }) } : raw.value;
  const parsed = Forms[kind].safeParse(value, { reportInput: true });
  if (!parsed.success) {
    findings.push(...refusedInput(parsed.error.issues).problems.map(({ path, message }) => say('error', path, { code: 'files.invalid', message })));
    return [];
  }
  const place = placeIn(kind, key);
  const here = kept.get(place) ?? null;
  const own = parsed.data as Content;
  const hash = createHash('sha256').update(JSON.stringify(ordered(raw.value))).digest('base64url');
  return [{ kind, key, id: ids.get(place)!, file, content: here ? overlaid(kind, here.content, own) : own, own, kept: here, hash, say }];
}

/** What there is one of is said in parts: those that a file does not name stay as they are here. */
function overlaid(kind: FileKind, here: Content, own: Content): Content {
  if (kind === 'settings') return { ...here, ...own } as Content;
  if (kind !== 'labels') return own;
  const said = (own as Content<'labels'>).labels;
  const places = new Set(said.map(labelPlace));
  return Forms.labels.parse({ labels: [...(here as Content<'labels'>).labels.filter((label) => !places.has(labelPlace(label))), ...said] });
}
