import type { NewDelivery } from '../../delivery/sending/store/deliveries.store.js';
import type { Db } from '../../platform/database/db.js';
import type { ReasonCode } from '../../kernel/reason-codes.js';
import type { Step } from '../../contract/campaign-steps.js';
import type { NewDecision } from '../store/decisions.store.js';
import type { Run, Standing, Visit } from '../store/enrollments.store.js';
import type { CampaignVersion } from '../store/versions.store.js';

/** What a step made of one person. */
export type StepResult =
  /** Stays at the step until `dueAt` (or, when `waiting`, until its condition comes true). */
  | { run: Run; kind: 'stay'; dueAt: Date; waiting: boolean }
  /** Goes on; null ends the run. */
  | { run: Run; kind: 'move'; outcome: string; next: string | null }
  /** Cannot be decided now (the person is being merged or erased): the step is tried again. */
  | { run: Run; kind: 'hold' }
  /** The run ends early here. */
  | { run: Run; kind: 'end'; code: ReasonCode };

/** The people of one batch that stand at one step of one version. */
export interface StepGroup<S extends Step = Step> {
  version: CampaignVersion;
  step: S;
  runs: Run[];
}

export interface BatchContext {
  tx: Db;
  now: Date;
  /** Zone of people without one. */
  zone: string;
  /** Of a launch: the moment whose next local time its people wait for. */
  launchedAt?: Date;
  /** Refusals of this batch, written at its end. */
  decisions: NewDecision[];
  /** Steps that no run stands at, with what was queued there: e-mails for messages nobody may see. Written at its end too. */
  scheduled: Visit[];
  /** What the steps of this round queue; written together before the next round. */
  deliveries: NewDelivery[];
  /** Who has come to a test in this round, announced together with what it queues. */
  engaged: { personId: string; campaignId: string }[];
  /** Why people of this round can not be reached, of several campaigns at once: by channel and topic, by person. */
  unreachable: ReadonlyMap<string, ReadonlyMap<string, ReasonCode>>;
}

/** Collects where people stand and what they left, so that a batch writes each table once. */
export class Journal {
  private readonly fresh = new Map<string, Visit>();
  private readonly known: Visit[] = [];
  private readonly standings = new Map<string, Standing>();

  constructor(private readonly now: Date) {}

  arrive(run: Run): void {
    this.fresh.set(`${run.id} ${run.stepId}`, this.visit(run, null));
  }

  leave(run: Run, outcome: string): void {
    const visit = { ...this.visit(run, outcome), leftAt: this.now };
    if (run.arrivedAt === null) this.fresh.set(`${run.id} ${run.stepId}`, visit);
    else this.known.push(visit);
  }

  stand(run: Run, standing: Pick<Standing, 'state' | 'exitCode' | 'dueAt' | 'waiting'>): void {
    this.standings.set(run.id, { id: run.id, personId: run.personId, stepId: run.stepId, arrivedAt: run.arrivedAt ?? this.now, ...standing });
  }

  /** Leaves the run before the step it was about to take. */
  hold(run: Run): void {
    this.standings.set(run.id, { id: run.id, personId: run.personId, stepId: run.stepId, arrivedAt: null, state: 'active', exitCode: null, dueAt: this.now, waiting: false });
  }

  result(): { visits: { fresh: Visit[]; known: Visit[] }; standings: Standing[] } {
    return { visits: { fresh: [...this.fresh.values()], known: this.known }, standings: [...this.standings.values()] };
  }

  private visit(run: Run, outcome: string | null): Visit {
    return {
      enrollmentId: run.id, personId: run.personId, stepId: run.stepId, campaignId: run.campaignId, versionId: run.versionId,
      arrivedAt: run.arrivedAt ?? this.now, leftAt: null, outcome,
    };
  }
}
