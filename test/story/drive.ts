import { simpleParser } from 'mailparser';
import { startTestApp, type TestApp } from '../support/app.js';
import { SmtpSink } from '../support/smtp-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { armOf, daysLater, unsubscribed, gotWelcome, type ExpectedTest } from './expectation.js';
import { DAY, HOUR, START, type StoryPerson } from './world.js';

export interface StoryMail { to: string; subject: string; messageId: string; text: string; html: string; unsubscribeUrl: string | null }

/** The story after it has happened: what Danbi's ledger and the mail server hold. */
export interface Story {
  app: TestApp;
  campaignId: string;
  version: { experiments: Record<string, ExpectedTest> };
  personIds: Map<string, string>;
  mails: StoryMail[];
  armOf(step: string, person: StoryPerson): string;
  deliveries(): Promise<object[]>;
  refusals(): Promise<object[]>;
  runs(): Promise<object[]>;
  close(): Promise<void>;
}

interface Action { at: number; person: StoryPerson; kind: 'sign-up' | 'event' | 'open' | 'click' | 'unsubscribe' | 'see'; event?: string }

const DAILY = /^(analytics\.|platform\.|operations\.(retention|levels)|sample\.|visitors\.|people\.(import|sources|pulls)|campaigns\.(canaries|coverage|features|displays|choices|closing|migration|ramps|simulations)|delivery\.(?!email|in_app|webhook))/;
const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'accept-language': 'en' };

/**
 * Lives the story under a virtual clock over real HTTP and real SMTP: the clock stands at each moment at which somebody
 * does something or something falls due, and every worker runs until nothing is left to do at that moment.
 */
export async function driveStory(people: StoryPerson[], campaign: (segmentId: string) => object, end: number): Promise<Story> {
  const clock = new VirtualClock(new Date(START - HOUR));
  const sink = await new SmtpSink().start();
  const app = await startTestApp({ clock, env: { SMTP_URL: sink.url, PUBLIC_URL: '' } });
  try {
    return await live(app, { sink, clock, people, campaign, end });
  } catch (error) {
    await app.close();
    await sink.stop();
    throw error;
  }
}

interface Setting { sink: SmtpSink; clock: VirtualClock; people: StoryPerson[]; campaign: (segmentId: string) => object; end: number }

async function live(app: TestApp, { sink, clock, people, campaign, end }: Setting): Promise<Story> {
  const segment = await app.api('POST', '/v1/segments', { name: 'Trial users', definition: { type: 'attribute', key: 'plan', op: 'is', value: 'trial' } });
  const created = await app.api('POST', '/v1/campaigns', { name: '가입 환영', definition: campaign(segment.body.id) });
  const published = await app.api('POST', `/v1/campaigns/${created.body.id}/publish`, {});
  if (published.status >= 300) throw new Error(`not published: ${JSON.stringify(published.body)}`);
  const hands = new LivePeople(app, sink);
  const actions = people.flatMap(actionsOf).toSorted((a, b) => a.at - b.at);
  let counted = 0;
  let due = await app.runner.runUntilIdle();
  for (let at = 0; at < actions.length || (due && due.getTime() <= end); ) {
    const now = Math.min(actions[at]?.at ?? Infinity, due?.getTime() ?? Infinity);
    clock.set(new Date(now));
    const batch: Action[] = [];
    for (; actions[at]?.at === now; at += 1) batch.push(actions[at]!);
    await hands.act(batch, new Date(now));
    // Results are counted, and what the story has nothing of is looked for, once a day: it cost most of the time, and no message depends on it.
    const day = Math.floor(now / DAY);
    due = await app.runner.runUntilIdle((name) => day === counted && DAILY.test(name));
    counted = day;
    if (due && due.getTime() <= now) throw new Error(`something stays due at ${due.toISOString()}`);
  }
  clock.set(new Date(end));
  await app.runner.runUntilIdle();
  return finish(app, sink, hands, created.body.id as string);
}

function actionsOf(person: StoryPerson): Action[] {
  const minutes = 7 * 60_000;
  const welcomed = gotWelcome(person);
  const event = (at: number | null, name: string): Action[] => (at === null ? [] : [{ at, person, kind: 'event', event: name }]);
  return [
    { at: person.signedUpAt, person, kind: 'sign-up' },
    ...person.opens.flatMap((at) => event(at, 'App Opened')),
    ...event(person.projectAt, 'Project Created'),
    ...event(person.invitedAt, 'Teammate Invited'),
    ...(welcomed && person.readsWelcome ? [{ at: person.signedUpAt + HOUR + minutes, person, kind: 'open' as const }] : []),
    ...(welcomed && person.clicksWelcome ? [{ at: person.signedUpAt + 2 * HOUR + minutes, person, kind: 'click' as const }] : []),
    ...(unsubscribed(person) ? [{ at: person.signedUpAt + 3 * HOUR + minutes, person, kind: 'unsubscribe' as const }] : []),
    ...(person.seesNudge ? [{ at: daysLater(person.signedUpAt, 3, person.zone) + minutes, person, kind: 'see' as const }] : []),
  ];
}

/** Carries out what people do, as their browsers, mail programs and the customer's servers would. */
class LivePeople {
  readonly mails: StoryMail[] = [];
  private parsed = 0;

  constructor(private readonly app: TestApp, private readonly sink: SmtpSink) {}

  async act(actions: Action[], now: Date): Promise<void> {
    await this.ingest(actions.filter(({ kind }) => kind === 'sign-up' || kind === 'event'), now);
    for (const action of actions) {
      if (action.kind === 'open') await this.visit(action.person, /https?:\/\/[^"\s]+\/o\/[^"\s]+/, [200]);
      if (action.kind === 'click') await this.visit(action.person, /https?:\/\/[^"\s]+\/c\/[^"\s]+/, [302]);
      if (action.kind === 'unsubscribe') await this.unsubscribe(action.person);
      if (action.kind === 'see') await this.see(action.person);
    }
  }

  async readMails(): Promise<StoryMail[]> {
    for (; this.parsed < this.sink.accepted.length; this.parsed += 1) {
      const { to, raw } = this.sink.accepted[this.parsed]!;
      const mail = await simpleParser(Buffer.from(raw, 'latin1'), { skipTextToHtml: true, skipImageLinks: true });
      const unsubscribeUrl = /^List-Unsubscribe:[^<]*<(https?:[^>]+)>/im.exec(raw)?.[1] ?? null;
      this.mails.push({ to, subject: mail.subject ?? '', messageId: mail.messageId ?? '', text: mail.text ?? '', html: typeof mail.html === 'string' ? mail.html : '', unsubscribeUrl });
    }
    return this.mails;
  }

  private async ingest(actions: Action[], now: Date): Promise<void> {
    if (actions.length === 0) return;
    const batch = actions.map(({ person, kind, event }) =>
      kind === 'sign-up'
        ? { type: 'identify', userId: person.userId, timestamp: now, traits: { plan: 'trial', timezone: person.zone, language: person.language, createdAt: now, ...(person.firstName ? { firstName: person.firstName } : {}), ...(person.email ? { email: person.email } : {}) } }
        : { type: 'track', userId: person.userId, event, timestamp: now, properties: {} });
    const answer = await fetch(`${this.app.url}/v1/batch`, { method: 'POST', headers: { authorization: `Basic ${Buffer.from(`${this.app.writeKey}:`).toString('base64')}`, 'content-type': 'application/json' }, body: JSON.stringify({ batch }) });
    const body = await answer.text();
    if (answer.status !== 200 || body !== '{"success":true}') throw new Error(`ingestion answered ${answer.status} ${body}`);
  }

  private async welcomeOf(person: StoryPerson): Promise<StoryMail> {
    const mail = (await this.readMails()).find(({ to }) => to === person.email);
    if (!mail) throw new Error(`${person.userId} has no welcome mail`);
    return mail;
  }

  private async visit(person: StoryPerson, link: RegExp, wanted: number[]): Promise<void> {
    const mail = await this.welcomeOf(person);
    const address = link.exec(mail.html)?.[0]?.replaceAll('&amp;', '&');
    if (!address) throw new Error(`no ${link} in the mail to ${person.userId}`);
    const answer = await fetch(address, { redirect: 'manual', headers: BROWSER });
    await answer.arrayBuffer();
    if (!wanted.includes(answer.status)) throw new Error(`${address} answered ${answer.status}`);
  }

  private async unsubscribe(person: StoryPerson): Promise<void> {
    const { unsubscribeUrl } = await this.welcomeOf(person);
    if (!unsubscribeUrl) throw new Error('the mail has no List-Unsubscribe');
    const answer = await fetch(unsubscribeUrl, { method: 'POST', redirect: 'manual', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
    if (answer.status !== 200) throw new Error(`one-click unsubscribe answered ${answer.status}`);
  }

  private async see(person: StoryPerson): Promise<void> {
    const [found] = await this.app.db.query('select p.id from person as p where p.external_id = $1', [person.userId]);
    const { body } = await this.app.api('GET', `/v1/people/${found.id}/inbox`);
    for (const item of body.items) await this.app.api('POST', `/v1/people/${found.id}/inbox/${item.deliveryId ?? item.id}/seen`, {});
  }
}

async function finish(app: TestApp, sink: SmtpSink, hands: LivePeople, campaignId: string): Promise<Story> {
  const ids: { external_id: string; id: string }[] = await app.db.query('select p.external_id, p.id from person as p');
  const personIds = new Map(ids.map((row) => [row.external_id, row.id]));
  const [version] = await app.db.query('select v.definition from campaign_version as v where v.campaign_id = $1', [campaignId]);
  const ask = (sql: string) => app.db.query(sql, [campaignId]) as Promise<Record<string, unknown>[]>;
  const millis = (items: Record<string, unknown>[], key: string) => items.map((item) => ({ ...item, [key]: item[key] === null ? null : (item[key] as Date).getTime() }));
  return {
    app, campaignId, personIds,
    version: version.definition,
    mails: await hands.readMails(),
    armOf: (step, person) => armOf(version.definition.experiments[step], personIds.get(person.userId)!).key,
    deliveries: async () => millis(await ask(`select p.external_id as "userId", d.step_id as step, d.variant, d.state, d.reason, coalesce(d.sent_at, d.settled_at) as at from delivery as d join person as p on p.id = d.person_id where d.campaign_id = $1`), 'at'),
    refusals: async () => millis(await ask(`select p.external_id as "userId", d.step_id as step, d.code, d.at from decision as d join person as p on p.id = d.person_id where d.campaign_id = $1 and d.stage = 'step'`), 'at'),
    runs: async () => millis(await ask(`select p.external_id as "userId", e.state, e.exit_code as code, e.left_at as "leftAt" from enrollment as e join person as p on p.id = e.person_id where e.campaign_id = $1`), 'leftAt'),
    close: async () => {
      await app.close();
      await sink.stop();
    },
  };
}
