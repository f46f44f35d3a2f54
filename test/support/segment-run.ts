import type { DataSource } from 'typeorm';
import { pino } from 'pino';
import { StoredAuditLog } from '../../src/access/audit.service.js';
import type { SegmentNode } from '../../src/contract/segment.js';
import { AppError } from '../../src/kernel/errors.js';
import { inPeopleTransaction, writePeople } from '../../src/people/people-writer.js';
import { writeUnits } from '../../src/people/ingest-writer.js';
import { readMessages } from '../../src/people/domain/envelope.js';
import { erasePerson } from '../../src/people/store/erase.store.js';
import { rows, row } from '../../src/platform/database/db.js';
import { ManualAlarms } from '../../src/platform/jobs/alarms.js';
import { WorkerRunner } from '../../src/platform/jobs/runner.js';
import { BuildService } from '../../src/segments/build.service.js';
import { namedSegments } from '../../src/segments/domain/resolved.js';
import { MembershipService } from '../../src/segments/membership.service.js';
import { SegmentsService } from '../../src/segments/segments.service.js';
import { LEAF_PROOFS } from './segment-leaves.js';
import { NaivePeople, type NaivePerson, type NaiveWrite } from './segment-people.js';
import { placeOf, type Action, type Message, type World } from './segment-steps.js';
import { ACTOR, type WorldPerson } from './segment-world.js';
import { VirtualClock } from './virtual-clock.js';


/** Pages and steps so small that the little people of a test meet their edges. */
class SmallBuilds extends BuildService { protected override readonly pageSize = 2; }
class SmallSteps extends MembershipService { protected override readonly limits = { changes: 2, people: 3, moments: 1, milliseconds: 60_000, alone: 1 }; }

/** `wanted` is what it is to mean once everything is built; null when there is no such segment (any more). */
export interface WorldSegment { id: string; place: number; wanted: SegmentNode | null }

/** A world under way: the real services over a database, and beside them what the naive model expects. */
export class WorldRun {
  readonly clock: VirtualClock;
  readonly segments: WorldSegment[] = [];
  readonly people = new NaivePeople((into, from) => joinFacts(into, from));
  /** Two evaluators take every step together: the lock makes them take turns, and neither may write a stale flip. One stops after each boundary. */
  private readonly evaluators: MembershipService[];
  private readonly builds: BuildService;
  private readonly service: SegmentsService;
  private furthest: Date;

  constructor(readonly db: DataSource, readonly world: World) {
    const log = pino({ level: 'silent' });
    this.clock = new VirtualClock(new Date(world.origin));
    this.furthest = this.clock.now();
    this.evaluators = [new MembershipService(db, this.clock, log), new SmallSteps(db, this.clock, log)];
    this.builds = new SmallBuilds(db, this.evaluators[0]!, log);
    this.service = new SegmentsService(db, this.clock, new WorkerRunner(new ManualAlarms(), log), new StoredAuditLog(db));
  }

  /** The moment that memberships are evaluated at: a clock set back is ignored. */
  get moment(): Date {
    return this.furthest;
  }

  move(halfSeconds: number): void {
    this.clock.advance(halfSeconds * 500);
    this.evaluated();
  }

  private evaluated(): void {
    if (this.clock.now() > this.furthest) this.furthest = this.clock.now();
  }

  /** One step of everybody who works in the background; whether there was anything to do. */
  async round(withBuilds = true): Promise<boolean> {
    const steps = await Promise.all(this.evaluators.map((one) => one.advance()));
    const built = withBuilds ? await this.builds.advance() : 0;
    return built > 0 || steps.some((step) => step === null || step.changes + step.flips > 0 || step.behind);
  }

  async settle(withBuilds = true): Promise<void> {
    while (await this.round(withBuilds));
  }

  async act(action: Action): Promise<void> {
    switch (action.do) {
      case 'ingest': return this.ingest(action.messages, action.ahead ?? 0);
      case 'edit-person': return this.editPerson(action);
      case 'erase': return this.erase(this.people.personOf(action.who));
      case 'define': return this.define(action.segment, action.definition);
      case 'fact': return this.fact(action);
      default: return this.stop(action.do, action.segment);
    }
  }

  private async ingest(messages: readonly Message[], ahead: number): Promise<void> {
    const receivedAt = new Date(this.clock.now().getTime() + ahead * 500);
    const stated = messages.map((message) => ({ ...message, ago: undefined, channel: 'server', timestamp: new Date(receivedAt.getTime() - message.ago * 500).toISOString() }));
    const body = { batch: stated };
    const read = readMessages(JSON.stringify(body), body as never, 'batch', { receivedAt, newMessageId: () => 'unused', ip: 'full' });
    const accepted = read.map((one) => { if ('rejected' in one) throw new Error(JSON.stringify(one.rejected)); return one.accepted; });
    await writeUnits(this.db, [{ accepted, rejected: [], receivedAt }], receivedAt);
    this.people.write(messages.map((message) => naiveWrite(message, receivedAt)));
    await this.learnIds();
  }

  private async editPerson({ who, attributes, addTags, removeTags, kind }: Extract<Action, { do: 'edit-person' }>): Promise<void> {
    const now = this.clock.now();
    const write = { at: now, attributes, addTags, removeTags, kind };
    await inPeopleTransaction(this.db, (tx) => writePeople(tx, [{ ref: who as { userId: string }, ...write }], { now, source: 'test' }));
    this.people.write([{ ref: who, ...write }]);
    await this.learnIds();
  }

  private async erase(person: NaivePerson | undefined): Promise<void> {
    if (!person) return;
    if (!(await inPeopleTransaction(this.db, (tx) => erasePerson(tx, person.id, this.clock.now())))) throw new Error(`${person.id} was not there to be erased`);
    this.people.erase(person);
  }

  private async fact({ type, who, what }: Extract<Action, { do: 'fact' }>): Promise<void> {
    const person = this.people.personOf(who);
    if (person) await LEAF_PROOFS[type].happens!.write(this.db, person, what, this.clock.now());
  }

  /** Every naive person gets the id of the real one; who they are must be the same in both. */
  private async learnIds(): Promise<void> {
    const found = await rows<{ kind: 'user_id' | 'anonymous_id'; value: string; id: string }>(this.db, 'select i.kind, i.value, i.person_id as id from person_identity as i');
    if (found.length !== this.people.identities.length) throw new Error(`the model knows other identities: ${JSON.stringify(found)} and ${this.people.identities.join(', ')}`);
    for (const { kind, value, id } of found) this.people.ownerOf(kind, value)!.id = id;
    for (const { kind, value, id } of found) if (this.people.ownerOf(kind, value)!.id !== id) throw new Error(`the model takes ${kind} ${value} for somebody else`);
  }

  /** Creates the segment of a place or edits it; refused exactly when it names one that is gone. */
  async define(place: number, definition: SegmentNode): Promise<void> {
    const node = this.withIds(definition);
    const known = this.segments.find((segment) => segment.place === place);
    if (known && known.wanted === null) return;
    const gone = namedSegments(node).some((id) => !this.segments.some((segment) => segment.id === id && segment.wanted !== null));
    await this.expecting(gone ? 'segment.unknown' : null, async () => {
      if (!known) {
        const { id } = await this.service.create({ name: `s${place}`, description: '', definition: node }, ACTOR);
        this.segments.push({ id, place, wanted: node });
        return;
      }
      const { revision } = await this.service.load(known.id);
      await this.service.edit(known.id, { revision, definition: node }, ACTOR);
      known.wanted = node;
    });
  }

  private async stop(what: 'cancel' | 'archive', place: number): Promise<void> {
    const known = this.segments.find((segment) => segment.place === place);
    if (!known || known.wanted === null) return;
    const now = (await row<{ state: string; definition: SegmentNode; building: boolean; renewing: boolean }>(this.db, `
      select s.state, s.definition, b.segment_id is not null as building, s.state = 'live' and coalesce(b.renews and b.definition = s.definition, false) as renewing from segment as s left join segment_build as b on b.segment_id = s.id where s.id = $1`, [known.id]))!;
    const named = await this.namers(known.id);
    if (what === 'archive') {
      await this.expecting(named ? 'segment.in-use' : null, () => this.service.archive(known.id, ACTOR), () => { known.wanted = null; });
    } else {
      const refusal = !now.building ? 'segment.not-building' : now.renewing ? 'segment.renewing' : now.state !== 'live' && named ? 'segment.in-use' : null;
      await this.expecting(refusal, () => this.service.cancelBuild(known.id, ACTOR), () => { known.wanted = now.state === 'live' ? now.definition : null; });
    }
  }

  /** Whether a segment's live or coming definition names this one. */
  private async namers(id: string): Promise<boolean> {
    const found = await rows<{ id: string; live: SegmentNode | null; coming: SegmentNode | null }>(this.db, `
      select s.id, s.definition as live, b.definition as coming from segment as s left join segment_build as b on b.segment_id = s.id where s.state <> 'archived'`);
    return found.some((one) => one.id !== id && [one.live, one.coming].some((node) => node !== null && namedSegments(node).includes(id)));
  }

  private async expecting(code: string | null, work: () => Promise<unknown>, then: () => void = () => {}): Promise<void> {
    const answer = await work().then(() => null, (error: unknown) => { if (error instanceof AppError) return error.code; throw error; });
    if (answer !== code) throw new Error(`expected the service to answer ${code}, it answered ${answer}`);
    if (answer === null) then();
  }

  private withIds(definition: SegmentNode): SegmentNode {
    return JSON.parse(JSON.stringify(definition).replace(/"@(\d+)"/g, (_, place: string) => JSON.stringify(this.segments.find((segment) => placeOf(segment.place) === `@${place}`)?.id ?? '00000000-0000-7000-8000-000000000000'))) as SegmentNode;
  }
}

const joinFacts = (into: WorldPerson, from: WorldPerson): void => { for (const { happens } of Object.values(LEAF_PROOFS)) happens?.join?.(into, from); };

/** What a message means, as the documentation of the Segment API says it. */
function naiveWrite({ userId, anonymousId, previousId, messageId, type, event, properties = {}, traits = {}, context = {}, ago }: Message, receivedAt: Date): NaiveWrite {
  const at = new Date(receivedAt.getTime() - Math.max(ago, 0) * 500);
  const name = type === 'track' ? event! : `$${type}`;
  const said = type === 'identify' ? traits : type === 'alias' ? { previousId: previousId! } : type === 'page' ? { ...((context.page as object) ?? {}), ...properties } : properties;
  return { ref: { userId, anonymousId }, previousId, messageId, at, ...(type === 'identify' ? { attributes: traits } : {}), event: { type, name, properties: said, context, receivedAt } };
}
