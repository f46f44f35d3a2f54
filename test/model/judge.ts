import type { DataSource } from 'typeorm';
import { rows } from '../../src/platform/database/db.js';
import { definitionOf, type Told } from './drive.js';
import { HOUR } from './world.js';

/** The ledger of one campaign, as the tables have it. */
interface Run { id: string; personId: string; key: string; state: string; exitCode: string | null; stepId: string | null; enteredAt: Date; leftAt: Date | null }
interface Visit { runId: string; stepId: string; arrivedAt: Date; leftAt: Date | null; outcome: string | null }
interface Delivery { id: string; runId: string; personId: string; stepId: string; channel: string; topic: string; state: string; control: boolean; queuedAt: Date; dueAt: Date; sentAt: Date | null }
interface Decision { runId: string | null; personId: string; stepId: string | null; stage: string; code: string }
interface Ledger { runs: Run[]; visits: Visit[]; deliveries: Delivery[]; decisions: Decision[] }

async function read(db: DataSource, campaignId: string): Promise<Ledger> {
  return {
    runs: await rows<Run>(db, `select e.id, e.person_id as "personId", e.entry_key as key, e.state, e.exit_code as "exitCode", e.step_id as "stepId", e.entered_at as "enteredAt", e.left_at as "leftAt" from enrollment as e where e.campaign_id = $1 order by e.entered_at`, [campaignId]),
    visits: await rows<Visit>(db, `select v.enrollment_id as "runId", v.step_id as "stepId", v.arrived_at as "arrivedAt", v.left_at as "leftAt", v.outcome from step_visit as v where v.campaign_id = $1`, [campaignId]),
    deliveries: await rows<Delivery>(db, `
      select d.id, d.enrollment_id as "runId", d.person_id as "personId", d.step_id as "stepId", d.channel, d.topic, d.state, d.is_control as control, d.queued_at as "queuedAt", d.due_at as "dueAt", d.sent_at as "sentAt"
        from delivery as d where d.campaign_id = $1`, [campaignId]),
    decisions: await rows<Decision>(db, `select c.enrollment_id as "runId", c.person_id as "personId", c.step_id as "stepId", c.stage, c.code from decision as c where c.campaign_id = $1`, [campaignId]),
  };
}

interface Wanted { id: string; type: string; next?: string | null; onTimeout?: string | null; onMissed?: string | null; otherwise?: string | null; branches?: { next: string | null }[]; arms?: { key: string; next: string | null }[] }

/** Where an outcome leads, by the definition alone. */
function wayOf(step: Wanted, outcome: string): string | null {
  if (step.type === 'exit') return null;
  if (step.type === 'split') return step.arms!.find(({ key }) => key === outcome)!.next;
  if (step.type === 'branch') return outcome === 'otherwise' ? step.otherwise ?? null : step.branches![0]!.next;
  if (outcome === 'timeout') return step.onTimeout ?? null;
  if (outcome === 'missed') return step.onMissed ?? null;
  return step.next ?? null;
}

const wentOut = ({ sentAt, control }: Delivery): boolean => sentAt !== null && !control;

/** What happened, without ids and with times from the start of the world: the same for the same world. */
export async function summary(db: DataSource, { campaigns, people, start }: Told): Promise<string[]> {
  const at = (time: Date | null) => (time === null ? null : (time.getTime() - start.getTime()) / 60_000);
  const lines: unknown[] = [];
  for (const [index, { id }] of campaigns.entries()) {
    const { runs, visits, deliveries, decisions } = await read(db, id);
    const who = (personId: string) => people.indexOf(personId);
    const runOf = (runId: string | null) => { const run = runs.find((each) => each.id === runId); return run && [who(run.personId), at(run.enteredAt)]; };
    lines.push(...runs.map((run) => ['run', index, runOf(run.id), run.key, run.state, run.exitCode, run.stepId, at(run.leftAt)]), ...visits.map((visit) => ['visit', index, runOf(visit.runId), visit.stepId, at(visit.arrivedAt), at(visit.leftAt), visit.outcome]),
      ...deliveries.map((one) => ['delivery', index, runOf(one.runId), one.stepId, one.channel, one.state, at(one.queuedAt), at(one.dueAt), at(one.sentAt)]), ...decisions.map((one) => ['decision', index, who(one.personId), runOf(one.runId), one.stepId, one.stage, one.code]));
  }
  return lines.map((line) => JSON.stringify(line)).toSorted();
}

/** Everything that a promise forbids and that happened; empty when all were kept. */
export async function judge(db: DataSource, told: Told): Promise<string[]> {
  const broken: string[] = [];
  const all: { ledger: Ledger; important: boolean }[] = [];
  for (const { id, plan } of told.campaigns) {
    const ledger = await read(db, id);
    all.push({ ledger, important: plan.important });
    const definition = definitionOf(plan, 0) as { steps: Wanted[]; start: string };
    const wanted = new Map(definition.steps.map((step) => [step.id, step]));
    const say = (text: string) => broken.push(`${id}: ${text}`);
    runsInOrder(ledger, told, plan, say);
    for (const run of ledger.runs) pathIsWhole(run, ledger, wanted, say);
    exitsAtOnce(ledger, told, plan, say);
    consentHolds(ledger, told, say);
  }
  pacingHolds(all.flatMap(({ ledger }) => ledger.deliveries.filter(wentOut)), told, (text) => broken.push(text));
  return broken;
}

/** One active run of a person (and key), runs again only as the policy says, everybody who asked is let in or refused, nothing stays due. */
function runsInOrder({ runs, decisions, deliveries }: Ledger, told: Told, plan: Told['campaigns'][number]['plan'], say: (text: string) => void): void {
  const nameOf = ({ personId, key }: Run) => `${personId} ${plan.reentry === 'concurrent_by_key' ? key : ''}`;
  for (const who of new Set(runs.map(nameOf))) {
    const own = runs.filter((run) => nameOf(run) === who);
    own.forEach((run, place) => {
      const before = own[place - 1];
      if (!before) return;
      if (plan.reentry === 'never') say(`${who} ran twice`);
      if (!before.leftAt || before.leftAt > run.enteredAt) say(`${who} has two runs at once`);
      if (plan.reentry === 'after_interval' && run.enteredAt.getTime() - before.enteredAt.getTime() < 30 * HOUR) say(`${who} ran again too soon`);
    });
  }
  for (const [index, personId] of told.people.entries()) {
    const asked = told.acts.filter(({ what, person }) => what === 'go' && person === index).length;
    const answered = runs.filter((run) => run.personId === personId).length + decisions.filter((decision) => decision.personId === personId && decision.stage === 'entry').length;
    if (asked !== answered) say(`${personId} asked ${asked} times and was answered ${answered} times`);
  }
  for (const run of runs) if (run.state === 'active') say(`run ${run.id} stays at ${run.stepId}`);
  for (const delivery of deliveries) if (delivery.state === 'queued' || delivery.state === 'sending') say(`delivery ${delivery.id} of ${delivery.stepId} stays ${delivery.state}`);
}

/** From the start, by the outcome of each step, no step is skipped or visited for nothing; each message was decided exactly once. */
function pathIsWhole(run: Run, { visits, deliveries, decisions }: Ledger, wanted: ReadonlyMap<string, Wanted>, say: (text: string) => void): void {
  const own = new Map(visits.filter(({ runId }) => runId === run.id).map((visit) => [visit.stepId, visit]));
  let at: string | null = 's0';
  let arrived = run.enteredAt;
  while (at !== null) {
    const visit = own.get(at);
    if (!visit) {
      if (run.state === 'completed') say(`run ${run.id} skipped ${at}`);
      break;
    }
    own.delete(at);
    if (visit.arrivedAt < arrived) say(`run ${run.id} came to ${at} before it was there`);
    const step: Wanted = wanted.get(at)!;
    if (step.type === 'message') {
      const decided = deliveries.filter(({ runId, stepId }) => runId === run.id && stepId === at).length + decisions.filter(({ runId, stepId, stage }) => runId === run.id && stepId === at && stage === 'step').length;
      if (visit.outcome !== null && decided !== 1) say(`run ${run.id} has ${decided} answers at ${at}`);
    }
    if (visit.leftAt === null || visit.outcome === null || run.state !== 'completed' && run.stepId === at) break;
    arrived = visit.leftAt;
    at = wayOf(step, visit.outcome);
  }
  if (own.size > 0) say(`run ${run.id} was at ${[...own.keys()].join()} without a way there`);
}

/** What ends a run ends it at that moment, and nothing goes out afterwards. */
function exitsAtOnce({ runs, deliveries }: Ledger, told: Told, plan: Told['campaigns'][number]['plan'], say: (text: string) => void): void {
  const ends = new Set([...(plan.goalExits ? ['buy'] : []), plan.exitBy === 'event' ? 'leave' : 'tag']);
  const paused = told.acts.some(({ what }) => what === 'pause');
  for (const { at, person, what } of told.acts) {
    if (!ends.has(what)) continue;
    for (const run of runs.filter(({ personId, enteredAt }) => personId === told.people[person] && enteredAt < at)) {
      if ((!run.leftAt || run.leftAt > at) && !paused) say(`run ${run.id} went on after ${what} of ${at.toISOString()} until ${run.leftAt?.toISOString()}`);
      for (const delivery of deliveries) if (delivery.runId === run.id && wentOut(delivery) && delivery.sentAt! > at) say(`${delivery.stepId} of run ${run.id} went out after ${what}`);
    }
  }
  for (const run of runs.filter(({ state }) => state === 'exited')) {
    for (const delivery of deliveries) if (delivery.runId === run.id && wentOut(delivery) && delivery.sentAt! > run.leftAt!) say(`${delivery.stepId} of run ${run.id} went out after its end`);
  }
}

function consentHolds({ deliveries }: Ledger, told: Told, say: (text: string) => void): void {
  for (const { at, person, what, key } of told.acts) {
    if (what !== 'unsubscribe') continue;
    const topic = ['product-updates', 'offers'][key - 1];
    for (const delivery of deliveries) if (delivery.personId === told.people[person] && delivery.topic === topic && wentOut(delivery) && delivery.sentAt! > at) say(`${delivery.id} went out after ${topic} was refused`);
  }
}

/** No window of a cap holds more than it may, and quiet hours are quiet where the person lives. */
function pacingHolds(deliveries: readonly Delivery[], { world, people }: Told, say: (text: string) => void): void {
  for (const [index, personId] of people.entries()) {
    const own = deliveries.filter((delivery) => delivery.personId === personId).map((delivery) => ({ ...delivery, time: delivery.sentAt!.getTime() }));
    for (const { limit, hours, channel } of world.caps) {
      const counted = own.filter((delivery) => channel === null || delivery.channel === channel);
      for (const { time } of counted) {
        const within = counted.filter((other) => other.time > time - hours * HOUR && other.time <= time).length;
        if (within > limit) say(`${personId} got ${within} in ${hours} hours where ${limit} may go`);
      }
    }
    const hourOf = new Intl.DateTimeFormat('en', { timeZone: world.people[index]!.zone, hour: 'numeric', hourCycle: 'h23' });
    if (world.quiet) for (const { id, sentAt } of own) { const hour = Number(hourOf.format(sentAt!)); if (hour >= 22 || hour < 8) say(`${id} went out at ${hour} o'clock`); }
  }
}
