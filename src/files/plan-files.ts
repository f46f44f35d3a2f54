import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CampaignCheck } from '../campaigns/publishing/check.service.js';
import { isSound } from '../campaigns/domain/refuse.js';
import type { LiveEditing } from '../campaigns/publishing/live-editing.service.js';
import type { FilesPlan, PlanRequest } from '../contract/files.js';
import type { Db } from '../platform/database/db.js';
import { plain } from './domain/canonical.js';
import type { KeyedKind } from './domain/kinds.js';
import type { Content } from './forms.js';
import { isPublished, loadEnvironment, placeIn, type Kept } from './load-kept.js';
import { readFiles, type FileFinding, type Wanted } from './read-files.js';
import { changesOf } from './say-changes.js';
import { asTried, othersOf, removeOthers, type Removing } from './remove-others.js';
import { giveFileKeys, insertFileKeys, lockFileKeys } from './store/file-keys.store.js';
import { writeDrafts, writeNamed, type Writing } from './write-wanted.js';

type Item = FilesPlan['items'][number];
export interface Asked { checks: CampaignCheck; live: LiveEditing; removing: Removing }
/** A plan with what it is about. */
export interface Planned { plan: FilesPlan; changed: Wanted[]; publishing: Wanted[]; /** Takes away what no file is about, after the drafts are written. */ removal(): Promise<FilesPlan['others']> }

/** Sentences about people in flight, of so many places at most. */
const MOST_PLACES = 5;

/**
 * Makes the plan inside a transaction in which everything but the drafts of campaigns that are here is written as it is to be:
 * so what is checked is what will be, and nothing is promised that was not tried. Whoever only wants to see rolls it back.
 */
export async function planFiles(tx: Db, { files, publish, others: asked, has = [] }: PlanRequest, { checks, live, removing }: Asked, writing: Writing): Promise<Planned> {
  await lockFileKeys(tx);
  await giveFileKeys(tx);
  const environment = await loadEnvironment(tx);
  const { wanted, findings } = readFiles(files, environment);
  const others = asked === 'ignore' ? [] : othersOf(environment, wanted, has);
  const removal = () => removeOthers(tx, { others, wanted, here: [...environment.kept.values()] }, removing, writing.actor);
  const told = (items: Item[], gone: FilesPlan['others']): FilesPlan => ({
    digest: digestOf(wanted, publish, asked === 'remove' ? others : null), valid: isSound(findings), items, others: gone, findings: findings.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1)),
    changes: items.filter(({ action, publishes }) => action === 'create' || action === 'update' || publishes === 'now').length + (asked === 'remove' ? gone.filter(({ does }) => does !== 'keep').length : 0),
  });
  const actions = new Map(wanted.map((one) => [one, actionOf(one)]));
  const changed = wanted.filter((one) => ['create', 'update'].includes(actions.get(one)!));
  const keyOf = (kind: KeyedKind, id: string) => environment.keyOf(kind, id) ?? wanted.find((one) => one.kind === kind && one.id === id)?.key;
  if (isSound(findings)) {
    findings.push(...wanted.filter(({ kept }) => kept?.ended !== undefined).map(({ say, kind, key, kept }) => say('warning', 'key', { code: 'files.ended', message: `The ${kind} "${key}" is ${kept!.ended!} here and is left alone. For another one give the file another key.` })));
    await claimKeys(tx, changed);
    findings.push(...(await writeNamed(tx, changed, writing)));
  }
  const items: Item[] = [];
  const publishing: Wanted[] = [];
  const unsound = !isSound(findings);
  for (const one of wanted) {
    const { kind, key, file, content } = one;
    const item: Item = { kind, key, name: content.name, file, action: actions.get(one)!, changes: [], publishes: publishingOf(one, publish), inFlight: null };
    items.push(item);
    if (unsound) continue;
    if (item.action === 'update') item.changes = await changesOf(tx, one, keyOf);
    if (kind === 'campaign' && (item.action === 'create' || item.action === 'update' || item.publishes !== 'no')) await lookAtCampaign(tx, one, item, { checks, live }, findings);
    if (item.publishes === 'now') publishing.push(one);
  }
  const gone = isSound(findings) && others.length > 0 ? await asTried(tx, async () => { await writeDrafts(tx, changed, writing); return removal(); }) : [];
  return { plan: told(items, gone), changed, publishing, removal: () => (asked === 'remove' ? removal() : Promise.resolve([])) };
}

function actionOf({ kept, content }: Wanted): Item['action'] {
  if (!kept) return 'create';
  if (kept.ended !== undefined) return 'ended';
  const said = (one: Content) => { const { published: _state, ...rest } = plain(one) as Record<string, unknown>; return rest; };
  return isDeepStrictEqual(said(kept.content), said(content)) ? 'unchanged' : 'update';
}

/** Whether applying publishes it: what the file calls published and does not run as it says. */
function publishingOf({ kind, content, kept }: Wanted, publish: boolean): Item['publishes'] {
  if (kind !== 'campaign') return 'no';
  const { published, definition } = content as Content<'campaign'>;
  if (!published || definition.type === 'broadcast' || kept?.ended !== undefined || (kept?.campaign && isPublished({ ...kept.campaign, definition }))) return 'no';
  return publish ? 'now' : 'later';
}

async function claimKeys(tx: Db, changed: readonly Wanted[]): Promise<void> {
  const keyed = changed.filter(({ kind, kept }) => !kept && kind !== 'topic' && kind !== 'snippet');
  await insertFileKeys(tx, keyed.map(({ kind, key, id }) => ({ kind: kind as KeyedKind, key, id })));
}

/** What publishing would say, and whom it would meet. Where it is not to be published, what stops that is no fault of the files. */
async function lookAtCampaign(tx: Db, { content, id, kept, say }: Wanted, item: Item, { checks, live }: Pick<Asked, 'checks' | 'live'>, findings: FileFinding[]): Promise<void> {
  const { definition, published } = content as Content<'campaign'>;
  if (published && definition.type === 'broadcast') findings.push(say('warning', 'published', { code: 'files.broadcast', message: 'A broadcast is launched by hand: files only write its draft.' }));
  const found = (await checks.inside(tx).check(definition)).findings;
  const severity = item.publishes === 'now' ? 'error' : 'warning';
  findings.push(...found.map((one) => say(one.severity === 'error' ? severity : 'warning', `definition.${one.path}`, one)));
  if (!isSound(found) || !kept?.campaign?.version || item.publishes === 'no') return;
  const { people, places } = await live.inside(tx).preview(id, definition);
  if (people > 0) item.inFlight = { people, sentences: places.slice(0, MOST_PLACES).map(({ keep }) => keep.sentence) };
}

/** Of what the files say, and of what is here that they are about: another when either changed. */
function digestOf(wanted: readonly Wanted[], publish: boolean, removed: readonly Kept[] | null): string {
  const others = removed === null ? [] : [removed.map(({ kind, key, id, mark }) => [placeIn(kind, key), id, mark])];
  return createHash('sha256').update(JSON.stringify([publish, wanted.map(({ kind, key, hash, kept }) => [placeIn(kind, key), hash, kept && [kept.id, kept.mark]]), ...others])).digest('base64url');
}
