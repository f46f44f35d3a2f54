import { KEYED_KINDS, type KeyedKind } from './kinds.js';

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
/** What authors fill with words of their own: the data of a webhook, campaigns of addresses. Nothing in it is ours. */
const FOREIGN = new Set(['data', 'utm']);
const idField = (kind: KeyedKind) => `${kind}Id` as const;
/** Lists of campaigns, by their name here and in files. */
const CAMPAIGN_LISTS = [['campaignIds', 'campaigns'], ['exceptCampaignIds', 'exceptCampaigns']] as const;
const areTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');

/** A definition as files have it: `segmentId` and its like become `segment` with the key. What has no key stays an id. */
export function withKeys(value: unknown, keyOf: (kind: KeyedKind, id: string) => string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withKeys(item, keyOf));
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]): [string, unknown] => {
    if (FOREIGN.has(field)) return [field, inner];
    const list = CAMPAIGN_LISTS.find(([ids]) => ids === field);
    if (list && areTexts(inner)) return [list[1], inner.map((id) => keyOf('campaign', id) ?? id)];
    const kind = KEYED_KINDS.find((one) => idField(one) === field);
    const key = kind && typeof inner === 'string' ? keyOf(kind, inner) : undefined;
    return key === undefined ? [field, withKeys(inner, keyOf)] : [kind!, key];
  }));
}

type Path = readonly (string | number)[];

/** The way back. `idOf` says itself what it does not know, and answers something in its place, or undefined to leave it out. */
export function withIds(value: unknown, idOf: (kind: KeyedKind, key: string, path: Path) => string | undefined, path: Path = []): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withIds(item, idOf, [...path, index]));
  if (!isNode(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([field, inner]): [string, unknown][] => {
    if (FOREIGN.has(field)) return [[field, inner]];
    const list = CAMPAIGN_LISTS.find(([, keys]) => keys === field);
    if (list && areTexts(inner) && !(list[0] in value)) return [[list[0], inner.flatMap((key, index) => idOf('campaign', key, [...path, field, index]) ?? [])]];
    const kind = KEYED_KINDS.find((one) => one === field);
    // A condition has the type "segment"; only a field of that name names one.
    if (!kind || typeof inner !== 'string' || idField(kind) in value) return [[field, withIds(inner, idOf, [...path, field])]];
    const id = idOf(kind, inner, [...path, field]);
    return id === undefined ? [] : [[idField(kind), id]];
  }));
}
