import { Injectable } from '@nestjs/common';
import { Drafts } from '../campaigns/publishing/drafts.service.js';
import { Lifecycle } from '../campaigns/lifecycle/lifecycle.service.js';
import type { FilesPlan } from '../contract/files.js';
import { Snippets } from '../delivery/content/snippets.service.js';
import { AppError } from '../kernel/errors.js';
import { Lists } from '../people/lists/lists.service.js';
import { rows, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { koreanOf } from '../platform/korean/korean-of.js';
import { SegmentsService } from '../segments/segments.service.js';
import { isSingle, REMOVED_IN_ORDER } from './domain/kinds.js';
import type { Content } from './forms.js';
import { placeIn, type Environment, type Kept } from './load-kept.js';
import type { Wanted } from './read-files.js';
import { labelPlace } from './workspace-forms.js';
import { WorkspaceDoors } from './write-workspace.js';

type Other = FilesPlan['others'][number];
type Does = Exclude<Other['does'], 'keep'>;

/** Who is asked to take away what no file is about: the same doors as by hand, so the same things are refused. */
@Injectable()
export class Removing {
  constructor(private readonly drafts: Drafts, private readonly lifecycle: Lifecycle, private readonly segments: SegmentsService, private readonly lists: Lists, private readonly snippets: Snippets, private readonly doors: WorkspaceDoors) {}

  /** Takes one thing away in a transaction that holds definitions and snippets. @throws AppError when it is in use, or under way */
  async remove(tx: Db, { kind, id, campaign, content }: Kept, actor: Actor): Promise<Does> {
    if (kind === 'campaign') {
      const isDraft = campaign!.state === 'draft';
      await (isDraft ? this.drafts.removeIn(tx, id, actor) : this.lifecycle.archiveIn(tx, id, actor));
      return isDraft ? 'delete' : 'archive';
    }
    if (kind === 'snippet') { await this.snippets.removeIn(tx, id, actor); return 'delete'; }
    if (kind === 'segment') { await this.segments.archiveIn(tx, id, actor); return 'archive'; }
    if (kind === 'list') { await this.lists.archiveIn(tx, id, actor); return 'archive'; }
    if (kind === 'holdout') { await this.doors.holdouts.endIn(tx, id, actor); return 'archive'; }
    if (kind === 'labels') { const [label] = (content as Content<'labels'>).labels; await this.doors.labels.removeIn(tx, label!.kind, label!.key, actor); return 'delete'; }
    throw keptFor('A topic stays: people said yes or no to it.');
  }
}

const keptFor = (message: string) => new AppError('files.kept', message, 'conflict');

/** What is here and in no file. What has ended is told of no more, so it is no other. @param has places of files that were not sent */
export function othersOf({ kept }: Pick<Environment, 'kept'>, wanted: readonly Pick<Wanted, 'kind' | 'key' | 'own' | 'kept'>[], has: readonly string[]): Kept[] {
  const told = new Set([...has, ...wanted.map(({ kind, key }) => placeIn(kind, key))]);
  const others = [...[...kept.values()].filter(({ kind, key, ended }) => !isSingle(kind) && !told.has(placeIn(kind, key)) && ended === undefined), ...otherLabels(wanted)];
  return others.toSorted((a, b) => REMOVED_IN_ORDER.indexOf(a.kind) - REMOVED_IN_ORDER.indexOf(b.kind) || (a.key < b.key ? -1 : 1));
}

/** Labels that their file does not name. Without such a file nobody says which there are. */
function otherLabels(wanted: readonly Pick<Wanted, 'kind' | 'own' | 'kept'>[]): Kept[] {
  const file = wanted.find(({ kind }) => kind === 'labels');
  const said = new Set(((file?.own as Content<'labels'> | undefined)?.labels ?? []).map(labelPlace));
  const here = (file?.kept?.content as Content<'labels'> | undefined)?.labels ?? [];
  return here.filter((label) => !said.has(labelPlace(label))).map((label) => ({ kind: 'labels', key: labelPlace(label), id: labelPlace(label), content: { key: 'labels', name: label.en || label.ko || label.key, labels: [label] }, mark: label }));
}

/**
 * Takes the others away, each by itself: one that can not go stays, with the reason, and does not hold up the rest. What names another goes
 * first, so they are tried again as long as one more goes.
 */
export async function removeOthers(tx: Db, { others, wanted, here }: { others: readonly Kept[]; wanted: readonly Wanted[]; here: readonly Kept[] }, removing: Removing, actor: Actor): Promise<Other[]> {
  const told = new Map<Kept, Other>();
  let left = [...others];
  for (let before = -1; left.length !== before;) {
    before = left.length;
    for (const one of left) {
      const stays = new Set(left);
      const namer = namerOf(one, wanted, here.filter((other) => other !== one && (stays.has(other) || !others.includes(other))));
      told.set(one, { ...aboutOf(one), ...(namer ? refused(namer) : await tried(tx, () => removing.remove(tx, one, actor))) });
      if (told.get(one)!.does !== 'keep') left = left.filter((other) => other !== one);
    }
  }
  return others.map((one) => told.get(one)!);
}

const aboutOf = ({ kind, key, content: { name } }: Kept) => ({ kind, key, name });
const refused = (why: AppError): Pick<Other, 'does' | 'why'> => ({ does: 'keep', why: { en: why.message, ko: koreanOf(why.message) ?? why.message } });

/** Whatever of the files, or of what stays here, names it by its id: also a draft that nobody published. */
function namerOf({ kind, id }: Kept, wanted: readonly Wanted[], staying: readonly Kept[]): AppError | null {
  if (kind === 'topic' || kind === 'snippet' || kind === 'labels') return null;
  const names = ({ content }: Pick<Kept, 'content'>) => JSON.stringify(content).includes(`"${id}"`);
  const file = wanted.find(names)?.file;
  if (file !== undefined) return keptFor(`It is named in ${file}.`);
  // What a file is about is what its file says, not what is here yet.
  const said = new Set(wanted.map((one) => placeIn(one.kind, one.key)));
  const other = staying.find((one) => !said.has(placeIn(one.kind, one.key)) && one.ended === undefined && names(one));
  return other ? keptFor(`It is named in the ${other.kind} “${other.content.name}”, which stays.`) : null;
}

/** Behind a savepoint, so that a refusal undoes no more than itself. */
async function tried(tx: Db, work: () => Promise<Does>): Promise<Pick<Other, 'does' | 'why'>> {
  await rows(tx, 'savepoint file_other');
  try {
    const does = await work();
    await rows(tx, 'release savepoint file_other');
    return { does, why: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await rows(tx, 'rollback to savepoint file_other');
    return refused(error);
  }
}

/** What removing would do, found out by doing it: everything that `work` writes is taken back, and so are its locks. */
export async function asTried<T>(tx: Db, work: () => Promise<T>): Promise<T> {
  await rows(tx, 'savepoint files_tried');
  const result = await work();
  await rows(tx, 'rollback to savepoint files_tried');
  return result;
}
