import { AppError, conflict, type Problem } from '../kernel/errors.js';
import type { CampaignDefinition } from '../contract/campaign.js';
import { readDraft } from '../contract/campaign-draft.js';
import { insertDraft, lockCampaign, updateDraft } from '../campaigns/store/campaigns.store.js';
import { refuseFaults } from '../delivery/content/snippets.service.js';
import { changeSnippet, insertSnippet } from '../delivery/content/store/snippets.store.js';
import { addTopic, changeTopic } from '../delivery/preferences/write-topic.js';
import { changeList, insertList } from '../people/lists/store/lists.store.js';
import { actorName, type AuditLog } from '../platform/audit.js';
import type { Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { validateDefinition } from '../segments/segment-questions.js';
import { findNamed } from '../segments/store/names.store.js';
import { isNameTaken, lockSegment } from '../segments/store/segments.store.js';
import { writeSegment } from '../segments/write-segment.js';
import type { Content } from './forms.js';
import { writeHoldout, writeLabels, writeSettings, type WorkspaceDoors } from './write-workspace.js';
import type { FileFinding, Wanted } from './read-files.js';

export interface Writing { audit: AuditLog; actor: Actor; now: Date; doors: WorkspaceDoors }
type Of<K extends Wanted['kind']> = Omit<Wanted, 'content'> & { content: Content<K> };
const are = <K extends Wanted['kind']>(wanted: readonly Wanted[], kind: K): Of<K>[] => wanted.filter((one) => one.kind === kind) as Of<K>[];

/** Writes what campaigns may name: topics, lists, snippets and segments; labels and settings; new campaigns, which name one another; and holdouts. What can not be is found at its place. */
export async function writeNamed(tx: Db, wanted: readonly Wanted[], writing: Writing): Promise<FileFinding[]> {
  const findings: FileFinding[] = [];
  for (const topic of are(wanted, 'topic')) await noting(topic, findings, () => writeTopic(tx, topic, writing));
  for (const list of are(wanted, 'list')) await writeList(tx, list, writing);
  await writeSnippets(tx, are(wanted, 'snippet'), writing, findings);
  await writeSegments(tx, are(wanted, 'segment'), writing, findings);
  const { doors, actor } = writing;
  for (const labels of are(wanted, 'labels')) await noting(labels, findings, () => writeLabels(tx, labels, doors, actor));
  for (const settings of are(wanted, 'settings')) await noting(settings, findings, () => writeSettings(tx, settings, doors, actor));
  for (const { kept, id, content } of are(wanted, 'campaign')) {
    if (kept) continue;
    await insertDraft(tx, { id, name: content.name, ...drafted(content.definition), by: actorName(writing.actor), now: writing.now });
    await writing.audit.record(tx, { actor: writing.actor, action: 'campaign.create', subject: `campaign:${id}`, detail: { name: content.name } }, writing.now);
  }
  for (const holdout of are(wanted, 'holdout')) await noting(holdout, findings, () => writeHoldout(tx, holdout, doors, actor));
  return findings;
}

/** Replaces the drafts of campaigns that are here. @throws AppError `files.changed` when somebody else did meanwhile */
export async function writeDrafts(tx: Db, wanted: readonly Wanted[], { audit, actor, now }: Writing): Promise<void> {
  for (const { kept, id, content } of are(wanted, 'campaign').toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!kept) continue;
    await lockCampaign(tx, id);
    const revision = kept.campaign!.revision;
    if (!(await updateDraft(tx, { id, revision, name: content.name, ...drafted(content.definition), now }))) throw changedMeanwhile();
    await audit.record(tx, { actor, action: 'campaign.edit', subject: `campaign:${id}`, detail: { revision: revision + 1 } }, now);
  }
}

export const changedMeanwhile = () => conflict('files.changed', 'Something changed here since the plan was made. Nothing was applied; look at a new plan.');
const drafted = (definition: { type: CampaignDefinition['type'] }) => ({ definition, unfinished: readDraft(definition).definition === null });

const at = (path: string, code: string, message: string) => new AppError(code, message, 'invalid', [{ path, code, message }]);

/** Notes a refusal at the file it is about. */
async function noting({ say }: Pick<Wanted, 'say'>, findings: FileFinding[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const problems: Problem[] = error.problems.length > 0 ? error.problems : [{ path: '', code: error.code, message: error.message }];
    findings.push(...problems.map((problem) => say('error', problem.path, problem)));
  }
}

async function writeTopic(tx: Db, { key, content, kept }: Of<'topic'>, writing: Writing): Promise<void> {
  if (!kept) { await addTopic(tx, content, writing); return; }
  const { key: _key, kind, reason, ...change } = content;
  const before = kept.content as Content<'topic'>;
  if (kind !== before.kind) throw at('kind', 'files.topic-kind', `The topic "${key}" is ${before.kind} here, and that never changes: people said yes or no to it. Give the file another key.`);
  if (reason === null && before.reason !== null) throw at('reason', 'files.topic-reason', 'A reason can be replaced by another, but not taken away.');
  await changeTopic(tx, key, { ...change, ...(reason === null ? {} : { reason }) }, writing);
}

async function writeList(tx: Db, { id, content: { name, description }, kept }: Of<'list'>, { audit, actor, now }: Writing): Promise<void> {
  if (kept) await changeList(tx, id, { name, description }, now);
  else await insertList(tx, { id, name, description, createdBy: actorName(actor) }, now);
  await audit.record(tx, { actor, action: kept ? 'list.change' : 'list.create', subject: `list:${id}` }, now);
}

/** Written first and checked then: they contain one another in any order. */
async function writeSnippets(tx: Db, snippets: readonly Of<'snippet'>[], { audit, actor, now }: Writing, findings: FileFinding[]): Promise<void> {
  for (const { key, content, kept } of snippets) {
    const revision = kept?.snippet?.revision;
    if (revision === undefined) await insertSnippet(tx, content, actorName(actor), now);
    else if (!(await changeSnippet(tx, content, revision, now))) throw changedMeanwhile();
    await audit.record(tx, { actor, action: revision === undefined ? 'snippet.create' : 'snippet.change', subject: `snippet:${key}`, ...(revision === undefined ? {} : { detail: { revision: revision + 1 } }) }, now);
  }
  for (const snippet of snippets) await noting(snippet, findings, () => refuseFaults(tx, snippet.content));
}

async function writeSegments(tx: Db, segments: readonly Of<'segment'>[], writing: Writing, findings: FileFinding[]): Promise<void> {
  const coming = segments.map(({ id, content: { name, definition } }) => ({ id, name, definition }));
  // In one order, so that two at once wait for each other and do not block each other.
  for (const { id, kept } of segments.toSorted((a, b) => (a.id < b.id ? -1 : 1))) if (kept) await lockSegment(tx, id);
  let sound = true;
  for (const { id, content, say } of segments) {
    const problems = await validateDefinition(tx, content.definition, 'definition', id, coming);
    findings.push(...problems.map((problem) => say('error', problem.path, problem)));
    sound &&= problems.length === 0;
  }
  if (!sound || !(await namesAreFree(tx, segments, findings))) return;
  for (const { id, content: { name, description, definition }, kept } of segments) {
    await writeSegment(tx, { id, name, description, definition, existing: kept?.segment ?? null }, writing).catch((error: unknown) => { throw isNameTaken(error) ? changedMeanwhile() : error; });
  }
}

/** Says at its name which segment can not be called so, because another is. */
async function namesAreFree(tx: Db, segments: readonly Of<'segment'>[], findings: FileFinding[]): Promise<boolean> {
  const before = findings.length;
  const ours = new Set(segments.map(({ id }) => id));
  const here = new Map((await findNamed(tx, segments.map(({ content }) => ({ kind: 'segment', name: content.name })))).filter(({ id }) => !ours.has(id)).map(({ name }) => [name.toLowerCase(), name]));
  segments.forEach(({ content: { name }, say }, index) => {
    const twin = segments.slice(0, index).some(({ content }) => content.name.toLowerCase() === name.toLowerCase());
    if (twin || here.has(name.toLowerCase())) findings.push(say('error', 'name', { code: 'files.name-taken', message: `Another segment is called “${name}”, under another key. Names of segments are unique: change one of them.` }));
  });
  return findings.length === before;
}
