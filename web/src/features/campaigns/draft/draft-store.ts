/** What is edited: the name and the definition of a campaign, or whatever else is saved as a whole by its revision. */
export interface Kept<D> { revision: number; document: D }
/** What became of one attempt to save. `away`: nobody answered, or only to say "later". */
export type Outcome<D, P> = { kind: 'saved'; revision: number } | { kind: 'conflict'; theirs: Kept<D>; /** What the refusal said; null when the copy of an earlier visit is older. */ problem: P | null } | { kind: 'refused'; problem: P } | { kind: 'away' };

export interface Port<D, P> {
  save(document: D, revision: number): Promise<Outcome<D, P>>;
  /** A copy on this machine of what the server does not have yet; null when it has all. */
  keep(copy: Kept<D> | null): void;
  /** Runs something later. @returns how to take that back */
  later(work: () => void, milliseconds: number): () => void;
}

export type SaveState<D, P> =
  | { kind: 'saved' } | { kind: 'changed' } | { kind: 'saving' } | { kind: 'away' }
  | { kind: 'refused'; problem: P } | { kind: 'conflict'; theirs: Kept<D>; problem: P | null };

export interface Snapshot<D, P> { document: D; state: SaveState<D, P>; canUndo: boolean; canRedo: boolean; /** It began with what an earlier visit had not saved. */ restored: boolean }

const QUIET_MS = 800;
const STEPS_BACK = 100;
const RETRY_MS = { first: 1_000, longest: 30_000 };

/**
 * A document that saves itself: some quiet after the last change, one attempt at a time, the newest state of it. Undo and redo
 * walk through states of the document and save like any change. What the server has not taken is kept on this machine first.
 */
export class DraftStore<D, P> {
  private past: D[] = [];
  private future: D[] = [];
  private merging: string | null = null;
  private attempt: Promise<void> | null = null;
  private cancel: (() => void) | null = null;
  private tries = 0;
  private readonly listeners = new Set<() => void>();
  private document: D;
  private state: SaveState<D, P> = { kind: 'saved' };
  private snapshot: Snapshot<D, P>;
  private readonly restored: boolean;
  private revision: number;

  /** @param copy what an earlier visit kept on this machine: a change of the same revision is taken up, of an older one it is a conflict */
  constructor(private readonly port: Port<D, P>, remote: Kept<D>, copy: Kept<D> | null = null) {
    this.revision = remote.revision;
    this.document = copy?.document ?? remote.document;
    this.restored = copy !== null;
    if (copy !== null) {
      this.past = [remote.document];
      this.state = copy.revision === remote.revision ? { kind: 'changed' } : { kind: 'conflict', theirs: remote, problem: null };
      if (this.state.kind === 'changed') this.schedule(QUIET_MS);
    }
    this.snapshot = this.look();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  read = (): Snapshot<D, P> => this.snapshot;

  /** Changes with the same `merge` that follow each other are one step of undo, as the letters of a text are. */
  change(next: (document: D) => D, merge: string | null = null): void {
    const document = next(this.document);
    if (document === this.document) return;
    if (merge === null || merge !== this.merging) this.past = [...this.past, this.document].slice(-STEPS_BACK);
    this.merging = merge;
    this.future = [];
    this.put(document);
  }

  undo(): void {
    const before = this.past.at(-1);
    if (before === undefined) return;
    this.past = this.past.slice(0, -1);
    this.future = [this.document, ...this.future];
    this.merging = null;
    this.put(before);
  }

  redo(): void {
    const [after, ...rest] = this.future;
    if (after === undefined) return;
    this.future = rest;
    this.past = [...this.past, this.document];
    this.merging = null;
    this.put(after);
  }

  /** Saves what is not saved, now. @returns whether the server has everything */
  async flush(): Promise<boolean> {
    while (this.state.kind === 'changed' || this.state.kind === 'saving' || this.state.kind === 'away' || this.state.kind === 'refused') {
      const before = this.document;
      await (this.attempt ?? this.save());
      if (this.read().state.kind !== 'saved' && this.document === before) return false;
    }
    return this.state.kind === 'saved';
  }

  /** Somebody else's state as the server says it now; adopted when nothing of ours is open. */
  meet(remote: Kept<D>): void {
    if (this.state.kind !== 'saved' || remote.revision <= this.revision) return;
    this.adopt(remote);
  }

  /** Ends a conflict: theirs stands, and ours can be brought back by undo. */
  takeTheirs(): void {
    if (this.state.kind !== 'conflict') return;
    const mine = this.document;
    this.adopt(this.state.theirs);
    this.past = [...this.past, mine].slice(-STEPS_BACK);
    this.tell();
  }

  /** Ends a conflict: ours replaces theirs. */
  keepMine(): void {
    if (this.state.kind !== 'conflict') return;
    this.revision = this.state.theirs.revision;
    this.state = { kind: 'changed' };
    this.put(this.document);
    void this.flush();
  }

  /** Tries again at once, because the way to the server may be open again. */
  retry = (): void => {
    if (this.state.kind === 'away') void this.save();
  };

  /** Nothing is tried any more; the copy stays. */
  close(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private adopt(remote: Kept<D>): void {
    this.revision = remote.revision;
    this.document = remote.document;
    this.past = [];
    this.future = [];
    this.port.keep(null);
    this.become({ kind: 'saved' });
  }

  private put(document: D): void {
    this.document = document;
    this.port.keep({ revision: this.revision, document });
    // A conflict is not decided by typing on; an attempt under way looks at its end whether there is more.
    if (this.state.kind === 'conflict' || this.attempt) return this.tell();
    this.become({ kind: 'changed' });
    this.schedule(QUIET_MS);
  }

  private schedule(milliseconds: number): void {
    this.cancel?.();
    this.cancel = this.port.later(() => { void this.save(); }, milliseconds);
  }

  private save(): Promise<void> {
    this.cancel?.();
    this.cancel = null;
    this.attempt ??= this.attemptOnce().finally(() => { this.attempt = null; this.goOn(); });
    return this.attempt;
  }

  private async attemptOnce(): Promise<void> {
    const sent = this.document;
    this.become({ kind: 'saving' });
    const outcome = await this.port.save(sent, this.revision);
    this.tries = outcome.kind === 'away' ? this.tries + 1 : 0;
    if (outcome.kind !== 'saved') return this.become(outcome);
    this.revision = outcome.revision;
    if (this.document === sent) this.port.keep(null);
    else this.port.keep({ revision: this.revision, document: this.document });
    this.become({ kind: this.document === sent ? 'saved' : 'changed' });
  }

  /** After an attempt: what came meanwhile, or the same once more when nobody answered. */
  private goOn(): void {
    if (this.state.kind === 'changed') this.schedule(QUIET_MS);
    else if (this.state.kind === 'away') this.schedule(Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** Math.min(this.tries - 1, 10)));
  }

  private become(state: SaveState<D, P>): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    this.snapshot = this.look();
    for (const listener of this.listeners) listener();
  }

  private look(): Snapshot<D, P> {
    return { document: this.document, state: this.state, canUndo: this.past.length > 0, canRedo: this.future.length > 0, restored: this.restored };
  }
}
