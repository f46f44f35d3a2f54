import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../kernel/clock.js';
import { conflict, notFound } from '../../kernel/errors.js';
import { actorName, AuditLog } from '../../platform/audit.js';
import { inTransaction, type Db } from '../../platform/database/db.js';
import type { Actor } from '../../platform/http/access.js';
import { WorkerRunner } from '../../platform/jobs/runner.js';
import { loadWorkspace } from '../../platform/workspace.js';
import type { GivenRow } from '../domain/given-row.js';
import { lockEntry } from '../engine/locks.js';
import { enterRows, entranceOf, readRows } from './entering.service.js';
import { findCampaign } from '../store/campaigns.store.js';
import { countBatch, endFile, findFile, keepFaults, listFaults, listFiles, lockFile, openFile, type EntryFault, type EntryFile } from '../store/entry-files.store.js';

/** Rows of one transaction. It holds the entry of all campaigns, so it is short. */
const BATCH = 1_000;
/** As many lines are kept with what was wrong with them; all are counted. */
const LISTED = 10_000;

interface Batch { rows: GivenRow[]; from: number; /** Of all rows up to its end. */ digest: string; before: string }

/** Files of people to let in, of any length: rows and their count are one transaction, so a file that was cut off is sent again and goes on where it stopped. */
@Injectable()
export class EntryFiles {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly runner: WorkerRunner) {}

  /**
   * Takes the rows of a file in. The same request again passes over the rows that were taken; one that has ended is answered at once.
   *
   * @throws AppError `campaign.not-found`, `campaign.not-published`, `campaign.not-running`, `campaign.no-api-entry`, `enter.other-file`
   */
  async take(campaignId: string, rows: AsyncIterable<GivenRow>, { request, name }: { request: string; name: string | null }, actor: Actor): Promise<EntryFile> {
    await entranceOf(this.db, campaignId);
    const file = await openFile(this.db, { campaignId, request, name, by: actorName(actor) }, this.clock.now());
    if (file.endedAt) return file;
    for await (const batch of batchesOf(rows)) await this.takeBatch(file, batch);
    await inTransaction(this.db, async (tx) => {
      const now = this.clock.now();
      if (!(await endFile(tx, file.id, now))) return;
      const { received, entered, repeated, refused, rejected } = (await findFile(tx, file.id, campaignId))!;
      await this.audit.record(tx, { actor, action: 'campaign.enter', subject: `campaign:${campaignId}`, detail: { file: file.id, received, entered, repeated, refused, rejected } }, now);
    });
    return (await findFile(this.db, file.id, campaignId))!;
  }

  /** Newest first. @throws AppError `campaign.not-found` */
  async list(campaignId: string, query: { request: string | null; before: string | null; limit: number }): Promise<EntryFile[]> {
    if (!(await findCampaign(this.db, campaignId))) throw notFound('campaign', campaignId);
    return listFiles(this.db, { campaignId, ...query });
  }

  /** What was wrong with which line, the first {@link LISTED}. @throws AppError `entry-file.not-found` */
  async faults(campaignId: string, fileId: string, query: { after: number; limit: number }): Promise<EntryFault[]> {
    if (!(await findFile(this.db, fileId, campaignId))) throw notFound('entry-file', fileId);
    return listFaults(this.db, { fileId, ...query });
  }

  private async takeBatch(file: EntryFile, batch: Batch): Promise<void> {
    const now = this.clock.now();
    const { timeZone: zone } = await loadWorkspace(this.db);
    const taken = await inTransaction(this.db, async (tx) => {
      await lockEntry(tx);
      const state = await lockFile(tx, file.id);
      const end = batch.from + batch.rows.length;
      if (state.received >= end) {
        if (state.received === end && state.digest !== batch.digest) throw otherFile();
        return false;
      }
      if (state.received !== batch.from || state.digest !== batch.before) throw otherFile();
      await this.enterBatch(tx, file, batch, { now, zone, faults: state.faults });
      return true;
    });
    if (taken) this.runner.wake('campaigns.advance');
  }

  private async enterBatch(tx: Db, { id, campaignId }: EntryFile, { rows, from, digest }: Batch, { now, zone, faults }: { now: Date; zone: string; faults: number }): Promise<void> {
    const entrance = await entranceOf(tx, campaignId);
    const unreadable = rows.flatMap((row, index) => ('unreadable' in row ? [{ index, code: 'enter.invalid', message: row.unreadable }] : []));
    const { readable, rejected } = readRows(rows.map((row) => ('value' in row ? row.value : null)), undefined);
    const broken = new Set(unreadable.map(({ index }) => index));
    const counted = await enterRows(tx, entrance, readable, { now, zone });
    const lineOf = (index: number) => rows[index]!.line ?? from + index + 1;
    const bad = [...unreadable, ...rejected.filter(({ index }) => !broken.has(index)), ...counted.rejected];
    await countBatch(tx, id, { received: rows.length, entered: counted.entered, repeated: counted.repeated, refused: counted.refused.length, rejected: bad.length }, digest, now);
    const found: EntryFault[] = [
      ...counted.refused.map(({ index, code }) => ({ line: lineOf(index), kind: 'refused' as const, code, message: null })),
      ...bad.map(({ index, code, message }) => ({ line: lineOf(index), kind: 'rejected' as const, code, message })),
    ];
    await keepFaults(tx, id, found.toSorted((a, b) => a.line - b.line).slice(0, Math.max(0, LISTED - faults)));
  }
}

const otherFile = () => conflict('enter.other-file', 'Another file was begun with this Idempotency-Key: its first rows were not these. Send that file again, or give this one a key of its own.');

/** Rows in batches of one size, each with the digest of all rows up to its end. */
async function* batchesOf(rows: AsyncIterable<GivenRow>): AsyncGenerator<Batch> {
  let [from, before, batch]: [number, string, GivenRow[]] = [0, '', []];
  const cut = (): Batch => ({ rows: batch, from, before, digest: createHash('sha256').update(before).update(JSON.stringify(batch)).digest('hex') });
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    const full = cut();
    yield full;
    [from, before, batch] = [from + full.rows.length, full.digest, []];
  }
  if (batch.length > 0) yield cut();
}
