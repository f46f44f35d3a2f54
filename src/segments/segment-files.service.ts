import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { definitionFault, SegmentNodeSchema, type SegmentNode } from '../contract/segment.js';
import { Clock } from '../kernel/clock.js';
import { AppError, conflict, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction, type Db } from '../platform/database/db.js';
import type { Actor } from '../platform/http/access.js';
import { placeOf } from '../platform/http/validation.js';
import { WorkerRunner } from '../platform/jobs/runner.js';
import { inKorean } from '../platform/korean/korean-of.js';
import { canonicalText, fileText, fromFileForm, namedThings, placeInFile, referredIds, toFileForm, type FileSegment } from './domain/segment-file.js';
import { joinPath } from './domain/resolved.js';
import { sentenceOf } from './domain/sentence.js';
import { validateDefinition } from './segment-questions.js';
import { loadNames } from './store/references.js';
import { findNamed, findUniqueNames } from './store/names.store.js';
import { allShared, findShared, isNameTaken, lockDefinitions, lockSegment, type SegmentRow } from './store/segments.store.js';
import { writeSegment } from './write-segment.js';

type Sentence = { en: string; ko: string };
export interface PlannedSegment {
  name: string;
  action: 'create' | 'update' | 'unchanged';
  /** What an update means for the people in it. */
  note: string | null;
  sentence: Sentence | null;
  sentenceBefore: Sentence | null;
}
export interface FilePlan { applied: boolean; valid: boolean; problems: Problem[]; segments: PlannedSegment[] }

/** A segment of a file beside the one that has its name here; `id` is the one it has or will have. */
interface Entry { index: number; id: string; given: FileSegment; existing: SegmentRow | null; definition: SegmentNode | null }

/** Definitions as files: what comes out goes in again unchanged, here or in another installation. */
@Injectable()
export class SegmentFiles {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly runner: WorkerRunner, private readonly audit: AuditLog) {}

  /** All shared segments, or one. */
  async write(id?: string): Promise<string> {
    const segments = id === undefined ? await allShared(this.db) : [await findShared(this.db, id)];
    const names = await findUniqueNames(this.db, segments.flatMap(({ definition }) => referredIds(definition)));
    const byId = new Map(names.map((one) => [`${one.kind} ${one.id}`, one.name]));
    return fileText(segments.map(({ name, description, definition }) => ({ name, description, definition: toFileForm(definition, (kind, other) => byId.get(`${kind} ${other}`)) })));
  }

  /** What a file would do, and (unless it is a dry run) does, all of it or nothing. */
  async read(file: readonly FileSegment[], dryRun: boolean, actor: Actor): Promise<FilePlan> {
    const now = this.clock.now();
    const plan = await inTransaction(this.db, async (tx) => {
      if (!dryRun) await lockDefinitions(tx);
      const problems: Problem[] = [];
      const entries = await this.entries(tx, file, problems);
      if (problems.length === 0) problems.push(...(await faults(tx, entries)));
      const segments: PlannedSegment[] = [];
      if (problems.length === 0) for (const entry of entries) segments.push(await planned(tx, entry, entries));
      if (!dryRun && problems.length > 0) throw new AppError('segment.file-invalid', `${problems[0]!.path}: ${problems[0]!.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''} Nothing was changed.`, 'invalid', problems);
      if (!dryRun) for (const [index, { id, given, existing, definition }] of entries.entries()) if (segments[index]!.action !== 'unchanged') await writeSegment(tx, { id, name: given.name, description: given.description, definition: definition!, existing }, { audit: this.audit, actor, now });
      return { applied: !dryRun, valid: problems.length === 0, problems: problems.map(inKorean), segments };
    }).catch((error: unknown) => {
      throw isNameTaken(error) ? conflict('segment.name-taken', 'Another segment took a name of this file at the same moment. Nothing was changed; send the file again.') : error;
    });
    if (plan.applied) this.runner.wake('segments.build');
    return plan;
  }

  private async entries(tx: Db, file: readonly FileSegment[], problems: Problem[]): Promise<Entry[]> {
    const seen = new Set<string>();
    file.forEach(({ name, definition }, index) => {
      const fault = definitionFault(definition);
      if (fault) problems.push({ path: `segments.${index}.definition`, code: 'segment.too-large', message: `The definition ${fault}.` });
      if (seen.has(name.toLowerCase())) problems.push({ path: `segments.${index}.name`, code: 'segment.name-taken', message: `The file has another segment named “${name}”.` });
      seen.add(name.toLowerCase());
    });
    if (problems.length > 0) return [];
    const things = [...file.map(({ name }) => ({ kind: 'segment' as const, name })), ...file.flatMap(({ definition }) => namedThings(definition))];
    const named = await findNamed(tx, things);
    const here = new Map(named.filter(({ kind }) => kind === 'segment').map(({ name, id }) => [name.toLowerCase(), id]));
    const ids = file.map(({ name }) => here.get(name.toLowerCase()) ?? newId());
    const inFile = new Map(file.map(({ name }, index) => [name.toLowerCase(), ids[index]!]));
    const idsNamed = ({ kind, name }: { kind: string; name: string }): string[] => {
      const own = kind === 'segment' ? inFile.get(name.toLowerCase()) : undefined;
      return own ? [own] : named.filter((one) => one.kind === kind && one.name.toLowerCase() === name.toLowerCase()).map(({ id }) => id);
    };
    // In one order, so that two files at once wait for each other and do not block each other.
    for (const id of [...here.values()].toSorted()) await lockSegment(tx, id);
    const entries: Entry[] = [];
    for (const [index, given] of file.entries()) {
      const isHere = here.has(given.name.toLowerCase());
      const path = `segments.${index}.definition`;
      const parsed = SegmentNodeSchema.safeParse(fromFileForm(given.definition, idsNamed, path, problems));
      if (!parsed.success) problems.push(...formFaults(parsed.error.issues, given.definition, path));
      entries.push({ index, id: ids[index]!, given, existing: isHere ? await findShared(tx, ids[index]!) : null, definition: parsed.success ? parsed.data : null });
    }
    return entries;
  }
}

/** Faults of form. An id that is missing because its name is not known was reported at the name. */
function formFaults(issues: readonly { path: PropertyKey[]; message: string }[], given: unknown, path: string): Problem[] {
  const placed = issues.map((issue) => ({ place: placeOf(issue.path), message: issue.message }));
  return placed.filter(({ place }) => placeInFile(given, place) === place).map(({ place, message }) => ({ path: joinPath(path, place), code: 'invalid', message }));
}

/** Faults of the definitions as they will be together, whatever their order in the file. */
async function faults(tx: Db, entries: readonly Entry[]): Promise<Problem[]> {
  const coming = entries.map(({ id, given, definition }) => ({ id, name: given.name, definition: definition! }));
  const problems: Problem[] = [];
  for (const { index, id, given, definition } of entries) {
    const found = await validateDefinition(tx, definition!, '', id, coming);
    problems.push(...found.map((problem) => ({ ...problem, path: joinPath('segments', index, 'definition', placeInFile(given.definition, problem.path)) })));
  }
  return problems;
}

async function planned(tx: Db, { given, existing, definition }: Entry, entries: readonly Entry[]): Promise<PlannedSegment> {
  const names = new Map([...(await loadNames(tx, [definition!, ...(existing ? [existing.definition] : [])])), ...entries.map((entry) => [entry.id, { name: entry.given.name }] as const)]);
  const sentence = sentenceOf(definition!, names);
  const sentenceBefore = existing && sentenceOf(existing.definition, names);
  const line = { name: given.name, sentence, sentenceBefore };
  if (!existing) return { ...line, action: 'create', note: null };
  if (canonicalText(existing.definition) !== canonicalText(definition)) return { ...line, action: 'update', note: 'The definition changes: members are collected anew, and the present ones stay until that is done.' };
  if (existing.name !== given.name || existing.description !== given.description) return { ...line, action: 'update', note: 'Only the name or the description changes: members stay as they are.' };
  return { ...line, action: 'unchanged', note: null };
}
