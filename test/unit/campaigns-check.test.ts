import { describe, expect, test } from '@jest/globals';
import { CampaignDefinition } from '../../src/contract/campaign.js';
import { isSameExperiment, publishedArms, showsOf, weightedArms } from '../../src/campaigns/domain/arms.js';
import { findFaults } from '../../src/campaigns/domain/check.js';
import { TRANSITIONS, whatInstead } from '../../src/campaigns/domain/lifecycle.js';
import { normalise } from '../../src/campaigns/domain/normalise.js';
import { referencesOf } from '../../src/campaigns/domain/references.js';
import { CAMPAIGN_STATES } from '../../src/campaigns/domain/state.js';
import { autoMessage, EVERYBODY, email, inApp, series, broadcast } from '../support/campaign-definitions.js';

const now = new Date('2026-03-01T00:00:00Z');
const SEGMENT = '0190a6b0-0000-7000-8000-000000000001';
const parse = (value: unknown) => CampaignDefinition.parse(value);
/** What is found, as `path code` for errors and `(path code)` for warnings. */
const found = (value: unknown) => findFaults(parse(value), now).map(({ severity, path, code }) => (severity === 'error' ? `${path} ${code}` : `(${path} ${code})`));

describe('what is wrong with a definition is named with its place', () => {
  const exit = { id: 'end', type: 'exit' };
  const wait = (id: string, next: string | null) => ({ id, type: 'wait', for: { days: 3 }, next });
  const cases: { name: string; definition: unknown; expected: string[] }[] = [
    { name: 'a sound series', definition: series(), expected: [] },
    { name: 'an unknown start', definition: series({ start: 'nowhere' }), expected: ['start campaign.unknown-step'] },
    { name: 'unknown next steps', definition: series({ steps: [email('a', 'x')] }), expected: ['steps.0.next campaign.unknown-step'] },
    { name: 'a next step named like a property of every object', definition: series({ steps: [email('a', 'constructor')] }), expected: ['steps.0.next campaign.unknown-step'] },
    {
      name: 'unknown steps of every kind of way',
      definition: series({ steps: [
        { id: 'a', type: 'branch', branches: [{ condition: EVERYBODY, next: 'b' }, { condition: EVERYBODY, next: 'x' }], otherwise: 'y' },
        { id: 'b', type: 'wait_until', condition: EVERYBODY, timeout: { days: 7 }, next: 'c', onTimeout: 'z' },
        { id: 'c', type: 'split', arms: [{ key: 'one', weight: 1, next: 'd' }, { key: 'two', weight: 1, next: 'q' }] },
        email('d', null),
      ] }),
      expected: ['steps.0.branches.1.next campaign.unknown-step', 'steps.0.otherwise campaign.unknown-step', 'steps.1.onTimeout campaign.unknown-step', 'steps.2.arms.1.next campaign.unknown-step'],
    },
    { name: 'two steps of one id', definition: series({ steps: [email('a', null), email('a', null)] }), expected: ['steps.1.id campaign.duplicate-step'] },
    { name: 'a step nothing leads to', definition: series({ steps: [email('a', 'end'), exit, email('lost', 'end')] }), expected: ['steps.2 campaign.unreachable-step'] },
    { name: 'a loop', definition: series({ steps: [email('a', 'b'), wait('b', 'c'), wait('c', 'a')] }), expected: ['steps.2.next campaign.loop'] },
    { name: 'a step that leads to itself', definition: series({ steps: [email('a', 'a')] }), expected: ['steps.0.next campaign.loop'] },
    {
      name: 'two ways that meet again are no loop',
      definition: series({ steps: [{ id: 'a', type: 'branch', branches: [{ condition: EVERYBODY, next: 'b' }], otherwise: 'c' }, email('b', 'c'), email('c', null)] }),
      expected: [],
    },
    { name: 'a wait for nothing', definition: series({ steps: [{ id: 'a', type: 'wait', next: 'b' }, email('b', null)] }), expected: ['steps.0 campaign.empty-wait'] },
    {
      name: 'variants',
      definition: series({ steps: [inApp('a', { variants: ['A', 'A', 'control'].map((key) => ({ key, content: { body: '안녕' } })) })] }),
      expected: ['steps.0.variants.1.key campaign.duplicate-key', 'steps.0.variants.2.key campaign.reserved-key'],
    },
    {
      name: 'shares that would reach nobody',
      definition: series({ steps: [inApp('a', { variants: [{ key: 'A', weight: 1_000_000, content: { body: 'a' } }, { key: 'B', weight: 1, content: { body: 'b' } }], control: { weight: 0.5 } })] }),
      expected: ['steps.0.variants.1.weight campaign.share-too-small', 'steps.0.control.weight campaign.share-too-small'],
    },
    { name: 'split arms of one key', definition: series({ steps: [{ id: 'a', type: 'split', arms: [{ key: 'x', weight: 1, next: 'b' }, { key: 'x', weight: 1, next: 'b' }] }, email('b', null)] }), expected: ['steps.0.arms.1.key campaign.duplicate-key'] },
    { name: 'a sound auto message', definition: autoMessage(), expected: [] },
    { name: 'an auto message with something behind it', definition: autoMessage({ message: inApp('message', { next: 'more' }) }), expected: ['message.next campaign.unknown-step'] },
    { name: 'an auto message of two variants of one key', definition: autoMessage({ message: inApp('message', { variants: ['A', 'A'].map((key) => ({ key, content: { body: '안녕' } })) }) }), expected: ['message.variants.1.key campaign.duplicate-key'] },
    { name: 'a display on every page', definition: autoMessage({ display: { page: {} } }), expected: ['(display.page.include campaign.every-page)'] },
    { name: 'a display that the page calls for', definition: autoMessage({ display: { page: {}, trigger: { type: 'manual' } } }), expected: [] },
    { name: 'a display after a campaign', definition: autoMessage({ display: { page: { utm: { source: 'naver' } } } }), expected: [] },
    {
      name: 'page patterns that cannot be matched safely',
      definition: autoMessage({ display: { page: { include: [{ match: 'regex', pattern: '(a+)\\1' }, { pattern: '/pricing?x=1' }], exclude: [{ pattern: '**' }] } } }),
      expected: ['display.page.include.0.pattern campaign.page-pattern', 'display.page.include.1.pattern campaign.page-pattern', 'display.page.exclude.0.pattern campaign.no-page'],
    },
    { name: 'query values', definition: autoMessage({ display: { page: { query: [{ name: 'a', op: 'is' }, { name: 'b', value: 'x' }, { name: 'c' }] } } }), expected: ['display.page.query.0.value campaign.query-value', 'display.page.query.1.value campaign.query-value'] },
    { name: 'hosts and languages', definition: autoMessage({ display: { page: { referrer: ['direct', 'naver.com', 'https://x'], languages: ['ko', 'k!'] } } }), expected: ['(display.page.include campaign.every-page)', 'display.page.referrer.2 campaign.referrer-host', 'display.page.languages.1 campaign.language'].filter((one) => !one.startsWith('(')) },
    { name: 'visits between nothing', definition: autoMessage({ display: { page: { include: [{ pattern: '/a' }], visits: { min: 3, max: 2 } } } }), expected: ['display.page.visits.max campaign.visits-empty'] },
    { name: 'an exit on phones', definition: autoMessage({ display: { page: { include: [{ pattern: '/a' }], device: 'mobile' }, trigger: { type: 'exit_intent' } } }), expected: ['(display.trigger.touch campaign.never-fires)'] },
    { name: 'a schedule that is over', definition: autoMessage({ display: { schedule: { until: '2026-02-28T00:00:00Z' } } }), expected: ['display.schedule.until campaign.schedule-past'] },
    { name: 'a schedule that ends before it begins', definition: autoMessage({ display: { schedule: { from: '2026-05-01T00:00:00Z', until: '2026-04-01T00:00:00Z', hours: { from: '09:00', to: '09:00' } } } }), expected: ['display.schedule.until campaign.schedule-empty', 'display.schedule.hours.to campaign.hours-empty'] },
    { name: 'an interval for one display', definition: autoMessage({ display: { frequency: { every: { days: 1 } } } }), expected: ['(display.frequency.every campaign.no-repeat)'] },
    { name: 'displays without end', definition: autoMessage({ display: { frequency: { times: null, oncePerVisit: false } } }), expected: ['(display.frequency campaign.no-limit)'] },
    { name: 'a goal that is neither', definition: series({ goals: [{ key: 'g', name: '목표' }] }), expected: ['goals.0 campaign.goal-kind'] },
    { name: 'a goal that is both', definition: series({ goals: [{ key: 'g', name: 'G', event: { name: 'e' }, condition: EVERYBODY }] }), expected: ['goals.0 campaign.goal-kind'] },
    { name: 'two primary goals', definition: series({ goals: ['g', 'h'].map((key) => ({ key, name: key, primary: true, event: { name: 'e' } })) }), expected: ['goals.1.primary campaign.second-primary'] },
    { name: 'two goals of one key', definition: series({ goals: ['g', 'g'].map((key) => ({ key, name: key, event: { name: 'e' } })) }), expected: ['goals.1.key campaign.duplicate-key'] },
    { name: 'an amount of a condition', definition: series({ goals: [{ key: 'g', name: 'G', condition: EVERYBODY, value: { property: 'total', currency: 'KRW' } }] }), expected: ['goals.0.value campaign.value-without-event'] },
    { name: 'two exit rules of one key', definition: series({ exitRules: [{ key: 'x', condition: EVERYBODY }, { key: 'x', condition: EVERYBODY }] }), expected: ['exitRules.1.key campaign.duplicate-key'] },
    { name: 'no goal, no message', definition: series({ goals: [], steps: [{ id: 'a', type: 'exit' }] }), expected: ['(steps campaign.no-message)', '(goals campaign.no-goal)'] },
    { name: 'a goal that is the entry', definition: series({ entry: { type: 'event', event: 'e' }, goals: [{ key: 'g', name: 'G', event: { name: 'e' } }] }), expected: ['(goals.0.event campaign.goal-is-entry)'] },
    { name: 'a sound broadcast', definition: broadcast({ segmentId: SEGMENT }), expected: [] },
    { name: 'a broadcast to nobody in particular', definition: broadcast({}), expected: ['segmentId campaign.no-audience'] },
    { name: 'a broadcast that says nothing', definition: broadcast({ segmentId: SEGMENT, message: undefined }), expected: ['message campaign.no-message'] },
    { name: 'a broadcast that goes on', definition: broadcast({ segmentId: SEGMENT, message: email('a', 'b') }), expected: ['message.next campaign.unknown-step'] },
    { name: 'a launch in the past', definition: broadcast({ segmentId: SEGMENT, launchAt: '2026-02-28T23:59:59Z' }), expected: ['(launchAt campaign.launch-in-past)'] },
    { name: 'arms beside a message', definition: broadcast({ segmentId: SEGMENT, arms: [{ key: 'a' }] }), expected: ['arms campaign.arms-not-external'] },
    { name: 'a sound external experiment', definition: broadcast({ external: true, message: undefined, arms: [{ key: 'mens' }, { key: 'none', control: true }] }), expected: [] },
    {
      name: 'an external experiment that would send',
      definition: broadcast({ external: true, segmentId: SEGMENT, launchAt: '2026-04-01T00:00:00Z', localTime: '09:00', audience: EVERYBODY, exitRules: [{ key: 'x', condition: EVERYBODY }] }),
      expected: ['message', 'segmentId', 'audience', 'launchAt', 'localTime', 'exitRules'].map((path) => `${path} campaign.external-sends-nothing`).concat('arms campaign.no-arms'),
    },
    {
      name: 'arms of an external experiment',
      definition: broadcast({ external: true, message: undefined, arms: [{ key: 'a', control: true }, { key: 'a' }, { key: 'b', control: true, weight: 0.00001 }] }),
      expected: ['arms.2.weight campaign.share-too-small', 'arms.1.key campaign.duplicate-key', 'arms.2.control campaign.second-control'],
    },
  ];
  test.each(cases)('$name', ({ definition, expected }) => expect(found(definition)).toEqual(expected));

  test('five hundred steps in a row are walked', () => {
    const steps = Array.from({ length: 500 }, (_, index) => email(`s${index}`, index < 499 ? `s${index + 1}` : null));
    expect(found(series({ start: 's0', steps }))).toEqual([]);
  });
});

describe('the shape that runs', () => {
  test('a broadcast is a series of one message, after a wait when it has a local time', () => {
    expect(normalise(parse(broadcast({ segmentId: SEGMENT })))).toMatchObject({ entry: { type: 'launch', segmentId: SEGMENT }, reentry: { policy: 'never' }, start: 'message', steps: { message: { type: 'message', next: null } } });
    const local = normalise(parse(broadcast({ audience: EVERYBODY, localTime: '09:00' })));
    expect([local.entry, local.start, local.steps['_local-time']]).toEqual([{ type: 'launch', segmentId: null }, '_local-time', { id: '_local-time', type: 'wait', until: { time: '09:00', weekdays: [] }, next: 'message' }]);
    expect(normalise(parse(broadcast({ external: true, message: undefined, arms: [{ key: 'a' }] })))).toMatchObject({ entry: { type: 'external' }, steps: {} });
  });

  test.each([{ flags: [false, false], expected: [true, false] }, { flags: [false, true], expected: [false, true] }, { flags: [], expected: [] }])('one goal is primary of $flags', ({ flags, expected }) => {
    const goals = flags.map((primary, index) => ({ key: `g${index}`, name: 'G', primary, event: { name: 'e' } }));
    expect(normalise(parse(series({ goals }))).goals.map(({ primary }) => primary)).toEqual(expected);
  });

  test('all that is looked up has its place', () => {
    const definition = parse(series({
      entry: { type: 'segment', segmentId: SEGMENT }, audience: EVERYBODY, goals: [{ key: 'g', name: 'G', condition: EVERYBODY }], exitRules: [{ key: 'x', condition: EVERYBODY }],
      steps: [{ id: 'a', type: 'branch', branches: [{ condition: EVERYBODY, next: 'b' }], otherwise: null }, { id: 'b', type: 'wait_until', condition: EVERYBODY, timeout: { days: 1 }, next: 'c' }, email('c', null)],
    }));
    const references = referencesOf(definition);
    expect(references.segments.map(({ path }) => path)).toEqual(['entry.segmentId']);
    expect(references.conditions.map(({ path }) => path)).toEqual(['audience', 'exitRules.0.condition', 'goals.0.condition', 'steps.0.branches.0.condition', 'steps.1.condition']);
    expect([references.topics, references.contents].map((all) => all.map(({ path }) => path))).toEqual([['steps.2.topic'], ['steps.2.variants.0.content']]);
  });
});

describe('an experiment', () => {
  const step = (change: object = {}) => parse(series({ steps: [inApp('a', { variants: ['A', 'B'].map((key) => ({ key, content: { body: key } })), control: { weight: 1 }, ...change })] }));
  const compared = (definition: CampaignDefinition) => {
    const [message] = (definition as Extract<CampaignDefinition, { type: 'series' }>).steps;
    if (message?.type !== 'message') throw new Error('not a message');
    return { arms: publishedArms(weightedArms(message)), shows: showsOf(message), round: message.test?.round ?? 1 };
  };
  test('has whole shares that sum to 10,000, control last', () => {
    expect(compared(step()).arms).toEqual([{ key: 'A', isControl: false, basisPoints: 3334 }, { key: 'B', isControl: false, basisPoints: 3333 }, { key: 'control', isControl: true, basisPoints: 3333 }]);
  });
  test.each([
    { name: 'untouched', change: {}, same: true },
    { name: 'another name', change: { name: '환영' }, same: true },
    { name: 'another weight', change: { control: { weight: 2 } }, same: false },
    { name: 'no control', change: { control: undefined }, same: false },
    { name: 'another plan', change: { test: { lift: 0.1 } }, same: true },
    { name: 'another round', change: { test: { round: 2 } }, same: false },
    { name: 'another content', change: { variants: [{ key: 'A', content: { body: 'A' } }, { key: 'B', content: { body: 'new' } }] }, same: false },
  ])('$name: same = $same', ({ change, same }) => expect(isSameExperiment(compared(step()), compared(step(change)))).toBe(same));
  test('with one arm keeps going whatever it says', () => {
    const one = (body: string) => compared(step({ control: undefined, variants: [{ key: 'A', content: { body } }] }));
    expect(isSameExperiment(one('old'), one('new'))).toBe(true);
  });
});

test('final states end every verb, and a refusal says what can be done', () => {
  for (const [verb, { from }] of Object.entries(TRANSITIONS)) expect([verb, from.includes('archived')]).toEqual([verb, false]);
  expect(Object.entries(TRANSITIONS).filter(([, { from }]) => from.includes('stopped')).map(([verb]) => verb)).toEqual(['archive']);
  for (const state of CAMPAIGN_STATES) expect(whatInstead('pause', state)).not.toContain('undefined');
  expect(whatInstead('pause', 'paused')).toBe('Possible now: publish, resume, drain, stop.');
});
