import { isDeepStrictEqual } from 'node:util';
import { readDraft } from '../contract/campaign-draft.js';
import { listSnippets, type SnippetRow } from '../delivery/content/store/snippets.store.js';
import { listTopics } from '../delivery/preferences/store/preferences.store.js';
import { pacingSettingsOf } from '../delivery/rules/domain/pacing-settings.js';
import { safetyOf } from '../delivery/sending/domain/safety-settings.js';
import { listLabels } from '../people/labels/store/labels.store.js';
import type { Db } from '../platform/database/db.js';
import { loadWorkspace } from '../platform/workspace.js';
import { allShared, type SegmentRow } from '../segments/store/segments.store.js';
import { plain } from './domain/canonical.js';
import type { FileKind, KeyedKind } from './domain/kinds.js';
import { Forms, type Content, type Contents } from './forms.js';
import { plainRules } from './workspace-forms.js';
import { loadFileKeys } from './store/file-keys.store.js';
import { keptCampaigns, keptHoldouts, keptLists, type KeptCampaign } from './store/kept.store.js';

/** What there is under a key, in the form of a file but with ids. */
export interface Kept {
  kind: FileKind;
  key: string;
  /** The key of a topic or snippet, which has no other. */
  id: string;
  content: Content;
  /** Changes with every change of it. */
  mark: unknown;
  /** How it ended, when it did: it is told of no more, and left alone. */
  ended?: string;
  campaign?: KeptCampaign;
  segment?: SegmentRow;
  snippet?: SnippetRow;
}

/** Everything that files can tell of, and what the keys mean here. */
export interface Environment {
  kept: ReadonlyMap<string, Kept>;
  idOf(kind: KeyedKind, key: string): string | undefined;
  keyOf(kind: KeyedKind, id: string): string | undefined;
}
export const placeIn = (kind: string, key: string): string => `${kind}/${key}`;

/** Labels and settings: there always are some, be it none. */
async function keptOfWorkspace(db: Db): Promise<Kept[]> {
  const labels = Forms.labels.parse({ labels: (await listLabels(db)).map(({ kind, key, en, ko, description }) => ({ kind, key, en, ko, description })) });
  const workspace = await loadWorkspace(db);
  const { pacing, safety, rules } = workspace.settings;
  const said = plainRules(rules ?? {});
  const settings: Contents['settings'] = { key: 'settings', name: '', ...(pacing ? { pacing: pacingSettingsOf(workspace) } : {}), ...(safety ? { safety: safetyOf(workspace) } : {}), ...(Object.keys(said).length > 0 ? { rules: said } : {}) };
  return [{ kind: 'labels', key: 'labels', id: 'labels', content: labels, mark: labels }, { kind: 'settings', key: 'settings', id: 'settings', content: settings, mark: settings }];
}

const MOST_SNIPPETS = 1_000_000;

/** Reads it all. Whatever has no key yet is not told of: give keys first. */
export async function loadEnvironment(db: Db): Promise<Environment> {
  const keys = await loadFileKeys(db);
  const ids = new Map(keys.map(({ kind, key, id }) => [placeIn(kind, key), id]));
  const names = new Map(keys.map(({ kind, key, id }) => [placeIn(kind, id), key]));
  const keyed = <T extends { id: string }>(kind: KeyedKind, things: readonly T[]) => things.flatMap((thing) => { const key = names.get(placeIn(kind, thing.id)); return key === undefined ? [] : [{ key, thing }]; });
  const all: Kept[] = [
    ...(await listTopics(db)).map(({ createdAt: _at, ...topic }): Kept => ({ kind: 'topic', key: topic.key, id: topic.key, content: topic, mark: topic })),
    ...keyed('list', await keptLists(db)).map(({ key, thing: { id, name, description, updatedAt } }): Kept => ({ kind: 'list', key, id, content: { key, name, description }, mark: updatedAt })),
    ...(await listSnippets(db, null, MOST_SNIPPETS)).map((snippet): Kept => {
      const { key, name, kind, language, content, translations } = snippet;
      return { kind: 'snippet', key, id: key, content: { key, name, kind, language, content, translations }, mark: snippet.revision, snippet };
    }),
    ...keyed('segment', await allShared(db)).map(({ key, thing }): Kept => ({ kind: 'segment', key, id: thing.id, content: { key, name: thing.name, description: thing.description, definition: thing.definition }, mark: thing.revision, segment: thing })),
    ...keyed('campaign', await keptCampaigns(db)).map(({ key, thing }): Kept => {
      const { name, definition } = thing;
      const content = { key, name, published: isPublished(thing), definition: readDraft(definition).definition ?? definition };
      return { kind: 'campaign', key, id: thing.id, content, mark: [thing.revision, thing.state, thing.version?.number ?? 0], campaign: thing, ...(hasEnded(thing) ? { ended: thing.state } : {}) };
    }),
    ...keyed('holdout', await keptHoldouts(db)).map(({ key, thing: { id, name, isOver, ...said } }): Kept => ({ kind: 'holdout', key, id, content: Forms.holdout.parse({ key, name, definition: said }), mark: [name, isOver, said], ...(isOver ? { ended: 'over' } : {}) })),
    ...(await keptOfWorkspace(db)),
  ];
  return { kept: new Map(all.map((one) => [placeIn(one.kind, one.key), one])), idOf: (kind, key) => ids.get(placeIn(kind, key)), keyOf: (kind, id) => names.get(placeIn(kind, id)) };
}

export const hasEnded = ({ state }: Pick<KeptCampaign, 'state'>): boolean => state === 'stopped' || state === 'archived';

/** Whether what its draft says is what runs. A broadcast is launched by hand, so its files say nothing of it. */
export function isPublished({ type, state, definition, version }: KeptCampaign): boolean {
  if (type === 'broadcast' || version === null || state === 'draft' || hasEnded({ state })) return false;
  return isDeepStrictEqual(plain(readDraft(definition).definition ?? definition), plain(readDraft(version.definition).definition ?? version.definition));
}
