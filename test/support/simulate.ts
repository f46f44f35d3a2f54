import type { DataSource } from 'typeorm';
import type { Line } from '../../src/campaigns/simulate/domain/line.js';
import { planOf, type Span } from '../../src/campaigns/simulate/plan.js';
import { simulate } from '../../src/campaigns/simulate/simulator.js';
import { loadVersion } from '../../src/campaigns/store/versions.store.js';
import { inTransaction, row, rows, type Db } from '../../src/platform/database/db.js';

const time = (at: Date | number): string => new Date(at).toISOString().slice(0, 23);

/** What a live campaign wrote of its people, a text a row: runs, refusals, and what became of each message. */
export async function liveLedger(db: DataSource, campaignId: string): Promise<string[]> {
  const runs = await rows<{ personId: string; enteredAt: Date; leftAt: Date | null; state: string; code: string | null; step: string; key: string }>(db, `
    select e.person_id as "personId", e.entered_at as "enteredAt", e.left_at as "leftAt", e.state, e.exit_code as code, e.step_id as step, e.entry_key as key from enrollment as e where e.campaign_id = $1`, [campaignId]);
  const refused = await rows<{ personId: string; at: Date; stage: string; step: string | null; code: string }>(db, `
    select d.person_id as "personId", d.at, d.stage, d.step_id as step, d.code from decision as d where d.campaign_id = $1 and d.stage in ('entry', 'step')`, [campaignId]);
  const messages = await rows<{ personId: string; step: string; variant: string; state: string; reason: string | null; at: Date; language: string | null; dueAt: Date }>(db, `
    select d.person_id as "personId", d.step_id as step, d.variant, d.state, d.reason, coalesce(d.sent_at, d.settled_at) as at, d.language, d.due_at as "dueAt" from delivery as d where d.campaign_id = $1`, [campaignId]);
  return [
    ...runs.map((run) => `${run.personId} entered ${time(run.enteredAt)}`),
    ...runs.flatMap((run) => (run.leftAt ? [`${run.personId} ${run.state} ${run.code ?? ''} at ${run.step} ${time(run.leftAt)}`] : [])),
    ...refused.map((each) => `${each.personId} refused ${each.stage} ${each.step ?? ''} ${each.code} ${time(each.at)}`),
    ...messages.map(({ personId, step, variant, state, reason, at, language, dueAt }) => {
      const sent = state === 'sent' || state === 'delivered';
      return `${personId} ${step} ${variant} ${state === 'queued' ? `waits ${reason ?? ''} ${time(dueAt)}` : `${sent ? 'sent' : state} ${sent || state === 'ghost' ? language ?? '' : reason ?? ''} ${time(at)}`}`;
    }),
  ].toSorted();
}

/** The same texts of a simulation. */
export function simulatedLedger(personId: string, lines: readonly Line[]): string[] {
  const waits = new Map<string, string>();
  const told = lines.flatMap((line): string[] => {
    switch (line.kind) {
      case 'entered': return [`${personId} entered ${time(line.at)}`];
      case 'ended': return [`${personId} ${line.state} ${line.code ?? ''} at ${line.stepId} ${time(line.at)}`];
      case 'refused': return [`${personId} refused ${line.stage} ${line.stepId ?? ''} ${line.code} ${time(line.at)}`];
      case 'deferred': waits.set(`${line.stepId} ${line.variant}`, `${personId} ${line.stepId} ${line.variant} waits ${line.code} ${time(line.until)}`); return [];
      case 'sent': case 'ghost': waits.delete(`${line.stepId} ${line.variant}`); return [`${personId} ${line.stepId} ${line.variant} ${line.kind} ${line.language ?? ''} ${time(line.at)}`];
      case 'cancelled': case 'failed': waits.delete(`${line.stepId} ${line.variant}`); return [`${personId} ${line.stepId} ${line.variant} ${line.kind} ${line.code} ${time(line.at)}`];
      default: return [];
    }
  });
  return [...told, ...waits.values()];
}

/** Simulates the current version of a campaign and answers its ledger. */
export async function simulateVersion(db: DataSource, campaignId: string, span: Omit<Span, 'reactions'> & Partial<Span>): Promise<{ ledger: string[]; lines: Map<string, readonly Line[]> }> {
  const current = await row<{ id: string }>(db, 'select c.current_version_id as id from campaign as c where c.id = $1', [campaignId]);
  const read = <T>(work: (tx: Db) => Promise<T>): Promise<T> => inTransaction(db, async (tx) => {
    await rows(tx, 'set transaction isolation level repeatable read, read only');
    return work(tx);
  });
  const version = await loadVersion(db, current!.id);
  const plan = await read((tx) => planOf(tx, { version, contents: null }, { reactions: 'none', ...span }));
  const lines = new Map<string, readonly Line[]>();
  await simulate(plan, read, (personId, told) => lines.set(personId, told), async () => undefined);
  return { ledger: [...lines].flatMap(([personId, told]) => simulatedLedger(personId, told)).toSorted(), lines };
}
