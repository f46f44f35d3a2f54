import { keyOf, newId } from '../../kernel/ids.js';
import { rows, type Db } from '../../platform/database/db.js';
import { storableText } from '../domain/json.js';
import { personWriteProblems, type PersonWrite, type PersonWriteResult } from '../domain/person-write.js';
import type { PeopleBatchItem } from '../people-batch.js';
import { writeBatch, writePeople } from '../people-writer.js';
import { addMembers, lockList } from '../lists/store/lists.store.js';
import { claimReceipts } from '../store/event.store.js';
import { readEvent, type EventRow } from './domain/event-row.js';
import { readPerson, RowRefused, type Refusal } from './domain/people-row.js';
import type { CsvRecord } from './read-batch.js';
import { claimKeys, insertRejections, type BatchCounts, type ImportRun, type Rejection, type SeenKey } from './store/imports.store.js';

const RAW_KEPT = 2_000;
const MAX_EVENT_BYTES = 32 * 1024;

interface Numbered { record: CsvRecord; rowNumber: number }
interface Accepted<T> extends Numbered { row: T }

/** Stores the rows of one batch, and its refusals, in the caller's transaction. A dry run does the same and takes the people back. */
export async function storeBatch(tx: Db, run: ImportRun, records: readonly CsvRecord[], now: Date): Promise<BatchCounts> {
  const numbered = records.map((record, index) => ({ record, rowNumber: run.rowsTotal + index + 1 }));
  const rejections: Rejection[] = [];
  const outcomes = run.kind === 'people' ? await storePeople(tx, run, numbered, now, rejections) : await storeEvents(tx, run, numbered, now, rejections);
  await insertRejections(tx, run.id, rejections.toSorted((a, b) => a.rowNumber - b.rowNumber));
  const count = (wanted: PersonWriteResult['outcome']) => outcomes.filter((outcome) => outcome === wanted).length;
  return { created: count('created'), updated: count('updated'), unchanged: count('unchanged'), rejected: rejections.length };
}

async function storePeople(tx: Db, run: ImportRun, numbered: Numbered[], now: Date, rejections: Rejection[]): Promise<PersonWriteResult['outcome'][]> {
  const { columns, ...options } = run.options;
  const read = accept(numbered, rejections, (cells): PersonWrite => {
    const { ref, attributes, tags } = readPerson(cells, columns, options);
    const write: PersonWrite = { ref, attributes, addTags: tags, at: run.createdAt };
    const [fault] = personWriteProblems(write);
    if (fault) throw new RowRefused({ code: fault.code.replaceAll('_', '-'), field: fault.path, message: fault.message });
    return write;
  });
  const fresh = await withoutDuplicates(tx, run.id, read, rejections);
  const context = { now, source: `import:${run.id}` };
  const results = await provisionally(tx, options.dryRun, async () => {
    const written = await writePeople(tx, fresh.map(({ row }) => row), context);
    // Archived meanwhile, the list takes nobody more; the people are imported all the same.
    if (options.listId !== null && (await lockList(tx, options.listId, 'share'))) await addMembers(tx, options.listId, [...new Set(written.map(({ personId }) => personId))], context);
    return written;
  });
  return results.map(({ outcome }) => outcome);
}

/** An event that is stored already, by this file or another source with the same message id, counts as unchanged. */
async function storeEvents(tx: Db, run: ImportRun, numbered: Numbered[], now: Date, rejections: Rejection[]): Promise<PersonWriteResult['outcome'][]> {
  const { columns, ...options } = run.options;
  const read = accept(numbered, rejections, (cells): EventRow & { json: string } => {
    const row = readEvent(cells, columns, { ...options, now: run.createdAt });
    const json = JSON.stringify(row.properties);
    if (Buffer.byteLength(json) > MAX_EVENT_BYTES) throw new RowRefused({ code: 'event-too-large', field: null, message: `The properties of this event are larger than ${MAX_EVENT_BYTES} bytes.` });
    return { ...row, json };
  });
  // Without a message id of its own a row is named by the file's content and its place: the same file again adds nothing.
  const named = new Map(read.toReversed().map((one) => [keyOf(one.row.messageId ?? `import:${run.fileHash}:${one.rowNumber}`), one]));
  const stored = await provisionally(tx, options.dryRun, async () => {
    const claimed = await claimReceipts(tx, [...named.keys()], now);
    const items = [...named].filter(([key]) => claimed.has(key)).map(([, { row, rowNumber }]): PeopleBatchItem => ({
      ref: row.ref, at: row.occurredAt,
      event: { id: newId(), type: 'track', name: row.name, properties: row.json, context: JSON.stringify({ import: run.id }), occurredAt: row.occurredAt, receivedAt: now, messageId: row.messageId ?? `import:${run.fileHash}:${rowNumber}` },
    }));
    await writeBatch(tx, items, { now, source: `import:${run.id}` });
    return items.length;
  });
  return read.map((_, index) => (index < stored ? 'created' : 'unchanged'));
}

/** Reads every sound record; the others become rejections that name row, line and column. */
function accept<T>(numbered: Numbered[], rejections: Rejection[], read: (cells: string[]) => T): Accepted<T>[] {
  return numbered.flatMap((one) => {
    const { record } = one;
    if (!record.cells) {
      rejections.push(rejection(one, { code: record.fault!.code, field: null, message: record.fault!.message }));
      return [];
    }
    try {
      return [{ ...one, row: read(record.cells) }];
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      rejections.push(rejection(one, error.refusal));
      return [];
    }
  });
}

/** The first row of a file that names a person is the one that counts; later ones are refused and say where the first is. */
async function withoutDuplicates(tx: Db, importId: string, read: Accepted<PersonWrite>[], rejections: Rejection[]): Promise<Accepted<PersonWrite>[]> {
  const firsts = new Map<string, SeenKey>();
  const keyed = read.map((one) => ({ one, key: keyOf(JSON.stringify('userId' in one.row.ref ? ['user', one.row.ref.userId] : ['anonymous', one.row.ref])) }));
  for (const { one, key } of keyed) if (!firsts.has(key)) firsts.set(key, { key, rowNumber: one.rowNumber, line: one.record.line });
  const earlier = await claimKeys(tx, importId, [...firsts.values()]);
  return keyed.flatMap(({ one, key }) => {
    const first = earlier.get(key) ?? firsts.get(key)!;
    if (first.rowNumber === one.rowNumber) return [one];
    rejections.push(rejection(one, { code: 'duplicate-id', field: null, message: `Row ${first.rowNumber} (line ${first.line}) of this file already has this id; that one was taken.` }));
    return [];
  });
}

function rejection({ record, rowNumber }: Numbered, refusal: Refusal): Rejection {
  const lines = record.endLine > record.line ? `Lines ${record.line} to ${record.endLine}. ` : '';
  return { rowNumber, line: record.line, code: refusal.code, field: refusal.field, message: `${lines}${storableText(refusal.message)}`, raw: storableText(record.text.slice(0, RAW_KEPT)) };
}

async function provisionally<T>(tx: Db, dryRun: boolean, work: () => Promise<T>): Promise<T> {
  if (!dryRun) return work();
  await rows(tx, 'savepoint dry_run');
  const result = await work();
  await rows(tx, 'rollback to savepoint dry_run');
  return result;
}
