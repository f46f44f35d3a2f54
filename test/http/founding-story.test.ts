import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { storyCampaign } from '../story/campaign.js';
import { expectedOf, gotWelcome, unsubscribed, type Expected, type ExpectedTest } from '../story/expectation.js';
import { driveStory, type Story } from '../story/drive.js';
import { END, storyPeople, type StoryPerson } from '../story/world.js';

const PEOPLE = Number(process.env.DANBI_STORY_PEOPLE ?? 400);
const people = storyPeople(PEOPLE);
let story: Story;
let expected: Map<string, Expected>;

beforeAll(async () => {
  story = await driveStory(people, storyCampaign, END);
  const tests = Object.fromEntries(['welcome', 'nudge', 'last'].map((step) => [step, story.version.experiments[step]])) as Record<'welcome' | 'nudge' | 'last', ExpectedTest>;
  expected = new Map(people.map((person) => [person.userId, expectedOf(person, story.personIds.get(person.userId)!, tests)]));
}, Number(process.env.DANBI_STORY_MINUTES ?? 10) * 60_000);
afterAll(() => story?.close());

const sorted = <T>(items: T[]) => items.map((item) => JSON.stringify(item)).toSorted();
const each = <T>(pick: (person: StoryPerson, of: Expected) => T[]) => sorted(people.flatMap((person) => pick(person, expected.get(person.userId)!)));

describe('two people look after 2,000 sign-ups over fourteen days in three time zones', () => {
  test('the story is not trivial: every path is walked', () => {
    const runs = [...expected.values()];
    expect(runs.filter(({ run }) => run.state === 'exited').length).toBeGreaterThan(PEOPLE / 8);
    expect(runs.filter(({ refusals }) => refusals.some(({ code }) => code === 'TOPIC_UNSUBSCRIBED')).length).toBeGreaterThan(PEOPLE / 80);
    expect(runs.filter(({ deliveries }) => deliveries.some(({ state }) => state === 'ghost')).length).toBeGreaterThan(PEOPLE / 30);
    expect(runs.filter(({ deliveries }) => deliveries.some(({ reason }) => reason === 'RENDER_MISSING_VAR')).length).toBeGreaterThan(PEOPLE / 40);
    expect(runs.filter(({ deliveries }) => deliveries.some(({ step }) => step === 'nudge')).length).toBeGreaterThan(PEOPLE / 4);
  });

  test('every delivery, message by message, with its variant, state, reason and instant', async () => {
    const actual = await story.deliveries();
    expect(sorted(actual)).toEqual(each((person, { deliveries }) => deliveries.map((delivery) => ({ userId: person.userId, ...delivery }))));
  });

  test('every refusal, with its reason code and instant', async () => {
    expect(sorted(await story.refusals())).toEqual(each((person, { refusals }) => refusals.map((refusal) => ({ userId: person.userId, ...refusal }))));
  });

  test('every run ends as and when it must', async () => {
    expect(sorted(await story.runs())).toEqual(each((person, { run }) => [{ userId: person.userId, ...run }]));
  });

  test('the mail server received exactly the e-mails of the ledger, each once', () => {
    const wanted = each((person, { deliveries }) => deliveries.filter(({ step, state }) => step !== 'nudge' && state === 'sent').map(({ step, variant }) => ({ to: person.email, subject: subjectOf(person, step, variant) })));
    expect(sorted(story.mails.map(({ to, subject }) => ({ to, subject })))).toEqual(wanted);
    expect(new Set(story.mails.map(({ messageId }) => messageId)).size).toBe(story.mails.length);
  });

  test('the results of each variant are what people did', async () => {
    const { body: results } = await story.app.api('GET', `/v1/campaigns/${story.campaignId}/results`);
    expect(results.entry).toMatchObject({ considered: PEOPLE, entered: PEOPLE, refusals: [] });
    expect(results.steps.map(({ stepId }: { stepId: string }) => stepId)).toEqual(['welcome', 'nudge', 'last']);
    expect(results.steps.map((step: { reconciliation: { difference: number } }) => step.reconciliation.difference)).toEqual([0, 0, 0]);
    const welcome = results.steps.find((step: { stepId: string }) => step.stepId === 'welcome');
    expect(welcome.eligible).toBe(PEOPLE);
    for (const variant of welcome.variants) {
      const inArm = people.filter((person) => story.armOf('welcome', person) === variant.key);
      const reached = inArm.filter(gotWelcome);
      expect(variant).toMatchObject({
        assigned: inArm.length,
        reached: reached.length,
        sent: reached.length,
        delivered: reached.length,
        opened: { human: reached.filter((person) => person.readsWelcome).length, machine: 0, unknown: 0 },
        clicked: { human: reached.filter((person) => person.clicksWelcome).length, machine: 0, unknown: 0 },
        unsubscribed: reached.filter(unsubscribed).length,
        bounced: 0,
        goals: [{ key: 'active-user', converted: inArm.filter((person) => person.invitedAt !== null && person.invitedAt < person.signedUpAt + 30 * 86_400_000).length }],
      });
    }
  });

  test('everybody is where the story says, and explain says why', async () => {
    const missing = people.find((person) => person.firstName === null && person.email !== null)!;
    const { status, body } = await story.app.api('GET', `/v1/campaigns/${story.campaignId}/explain?personId=${story.personIds.get(missing.userId)}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain('RENDER_MISSING_VAR');
    expect(JSON.stringify(body)).toContain('firstName');
  });
});

function subjectOf(person: StoryPerson, step: string, variant: string): string {
  if (step === 'last') return `Shall we help, ${person.firstName ?? 'there'}?`;
  return variant === 'A' ? `환영합니다, ${person.firstName}님` : `${person.firstName}, your team is waiting`;
}
