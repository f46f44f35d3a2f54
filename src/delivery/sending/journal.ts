import { closeSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '../../kernel/ids.js';
import { livenessOf, ownIdentity, type Liveness, type ProcessIdentity } from './process-identity.js';

/** A delivery in the hands of one worker: the fence tells this claim from every earlier and later one. */
export interface Claim { id: string; fence: number }

/** How far a claim got according to a journal. The last word counts. */
export interface JournalEntry extends Claim {
  word: 'begun' | 'accepted' | 'refused';
  at: Date;
  /** The relay it was begun with. */
  relay: string | null;
}

/** What a worker of another process wrote before it ended. */
export interface ForeignJournal {
  worker: string;
  liveness: Liveness;
  entries: JournalEntry[];
  files: string[];
}

interface Segment { path: string; file: number; lines: number; open: Set<string> }
interface Head { version: 1; worker: string; process: ProcessIdentity }

const SEGMENT_LINES = 20_000;
/** A head is shorter. */
const HEAD_BYTES = 4_096;
const WORDS = { B: 'begun', A: 'accepted', R: 'refused' } as const;
const LINE = /^([BAR]) ([0-9a-f-]{36}) (\d{1,15}) (\d{1,15})(?: ([\w-]{1,64}))?$/;
/** Workers of this very process: their journals are never foreign, and are dead once the worker has closed. */
const livingHere = new Set<string>();

/**
 * What this worker handed to the mail server, on local disk: `B` just before the final dot of a message can leave, `A` right
 * after the server's 250, `R` after its refusal. Written synchronously, so that a process killed at any line leaves a record
 * of every message that may have been accepted. Not flushed to the platter: a killed process loses nothing, and after a
 * crash of the whole machine unfinished claims are `uncertain` anyway.
 *
 * Files are segments `<worker>.<n>.log`; one is removed when all its claims are settled in the database.
 */
export class SendJournal {
  readonly worker: string;
  private segments: Segment[] = [];
  private next = 1;

  constructor(private readonly folder: string, worker: string = newId()) {
    this.worker = worker;
    mkdirSync(folder, { recursive: true });
    livingHere.add(worker);
    this.addSegment();
  }

  /** @throws when the disk refuses; the message must then not be sent */
  begin(claim: Claim & { relay: string }, at: Date): void {
    let segment = this.segments.at(-1)!;
    if (segment.lines >= SEGMENT_LINES) segment = this.addSegment();
    segment.open.add(keyOf(claim));
    this.write(segment, 'B', claim, at, ` ${claim.relay}`);
  }

  accepted(claim: Claim, at: Date): void {
    this.answer('A', claim, at);
  }

  refused(claim: Claim, at: Date): void {
    this.answer('R', claim, at);
  }

  /** Says that the database knows the end of these claims. */
  settled(claims: readonly Claim[]): void {
    for (const claim of claims) for (const segment of this.segments) segment.open.delete(keyOf(claim));
    const last = this.segments.at(-1);
    for (const segment of this.segments.filter((each) => each !== last && each.open.size === 0)) this.drop(segment);
  }

  /** Ends the journal. What is not settled stays on disk for whoever replays it. */
  close(): void {
    for (const segment of [...this.segments]) {
      if (segment.open.size === 0) this.drop(segment);
      else closeSync(segment.file);
    }
    this.segments = [];
    livingHere.delete(this.worker);
  }

  private answer(word: 'A' | 'R', claim: Claim, at: Date): void {
    const key = keyOf(claim);
    const segment = this.segments.find((each) => each.open.has(key));
    if (segment) this.write(segment, word, claim, at);
  }

  private write(segment: Segment, word: keyof typeof WORDS, claim: Claim, at: Date, relay = ''): void {
    writeSync(segment.file, `${word} ${claim.id} ${claim.fence} ${at.getTime()}${relay}\n`);
    segment.lines += 1;
  }

  /** A segment appears under its name only with its head complete, so every file can be attributed. */
  private addSegment(): Segment {
    const path = join(this.folder, `${this.worker}.${this.next}.log`);
    this.next += 1;
    const file = openSync(`${path}.new`, 'w', 0o600);
    writeSync(file, `${JSON.stringify({ version: 1, worker: this.worker, process: ownIdentity() } satisfies Head)}\n`);
    renameSync(`${path}.new`, path);
    const segment = { path, file, lines: 0, open: new Set<string>() };
    this.segments.push(segment);
    return segment;
  }

  private drop(segment: Segment): void {
    closeSync(segment.file);
    rmSync(segment.path, { force: true });
    this.segments = this.segments.filter((each) => each !== segment);
  }
}

const keyOf = (claim: Claim) => `${claim.id}:${claim.fence}`;

/** The journals that other workers left in the folder, one entry a claim; of those that live, no entries. A torn last line never counts. */
export function foreignJournals(folder: string, own: string): ForeignJournal[] {
  const found = new Map<string, ForeignJournal>();
  for (const name of listLogs(folder).filter((file) => !file.startsWith(`${own}.`))) {
    const path = join(folder, name);
    const head = readHead(firstLine(path));
    if (!head) continue;
    const journal = found.get(head.worker) ?? { worker: head.worker, liveness: livenessHere(head), entries: [], files: [] };
    found.set(head.worker, journal);
    // Looked for each second: the long files of somebody who is at work are not read.
    if (journal.liveness === 'alive') continue;
    journal.files.push(path);
    journal.entries.push(...entriesOf(readIfThere(path)));
  }
  return [...found.values()];
}

function entriesOf(text: string): JournalEntry[] {
  const last = new Map<string, JournalEntry>();
  for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n').slice(1)) {
    const [, word, id, fence, at, relay] = LINE.exec(line) ?? [];
    const key = `${id}:${fence}`;
    if (word) last.set(key, { id: id!, fence: Number(fence), word: WORDS[word as keyof typeof WORDS], at: new Date(Number(at)), relay: relay ?? last.get(key)?.relay ?? null });
  }
  return [...last.values()];
}

/** Call after the replay is committed. */
export function removeJournal(journal: ForeignJournal): void {
  for (const file of journal.files) rmSync(file, { force: true });
}

function livenessHere(head: Head): Liveness {
  if (livingHere.has(head.worker)) return 'alive';
  const liveness = livenessOf(head.process);
  // The same process, but that worker of it has closed.
  return liveness === 'alive' && head.process.pid === process.pid ? 'dead' : liveness;
}

function listLogs(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.log')).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function readIfThere(path: string): string {
  return unlessGone(() => readFileSync(path, 'latin1'));
}

function firstLine(path: string): string {
  return unlessGone(() => {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(HEAD_BYTES);
      return start.toString('latin1', 0, readSync(file, start)).split('\n', 1)[0]!;
    } finally {
      closeSync(file);
    }
  });
}

/** Another process may have replayed and removed a file between the listing and now. */
function unlessGone(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function readHead(line: string): Head | null {
  try {
    const head = JSON.parse(line) as Head;
    return head.version === 1 && typeof head.worker === 'string' && typeof head.process?.pid === 'number' ? head : null;
  } catch {
    // Not one of ours: left alone.
    return null;
  }
}
