import { expect, test } from '@jest/globals';
import { Maker, namesIn } from '../../src/campaigns/simulate/replay/maker.js';
import type { PersonState } from '../../src/campaigns/simulate/replay/sim-person.js';
import type { SimPlan } from '../../src/campaigns/simulate/replay/sim-plan.js';
import { compileMessage } from '../../src/delivery/content/compile.js';
import { EmailContent, InAppContent } from '../../src/contract/message.js';

const workspace = { name: 'Acme', timeZone: 'UTC', language: 'en', settings: { senderContact: null } } as unknown as SimPlan['workspace'];
const plan = async (kind: 'email' | 'in_app', content: object) => {
  const compiled = await compileMessage(kind, kind === 'email' ? EmailContent.parse(content) : InAppContent.parse(content));
  return { compiled, maker: new Maker({ contents: new Map([['c', compiled]]), workspace, topics: new Map() } as unknown as SimPlan) };
};
const mail = (subject: string, inner: string) => ({ subject, body: `<mj-section><mj-column><mj-text>${inner}</mj-text></mj-column></mj-section>` });
const state = (attributes: Record<string, unknown>, language: string | null = null) => ({ person: { externalId: 'x', email: 'a@example.test', timeZone: null, language, attributes } }) as unknown as PersonState;
const make = (maker: Maker, attributes: Record<string, unknown>, language: string | null = null) => maker.make({ id: '00000000-0000-8000-8000-000000000001', contentId: 'c', channel: 'email', topic: 't' }, 'p', state(attributes, language), { order: '1' });

test('names that a mail only shows are told from those that decide something, stand in a target, or go through a helper', async () => {
  const { compiled } = await plan('email', {
    ...mail('Hi {{default person.nick "you"}}', 'a {{person.shown}} {{#if (eq person.decides "x")}}b{{/if}} {{upper person.helped}} {{person.both}} {{#if person.both}}c{{/if}} {{event.order}} <a href="https://{{person.host}}.example.test/">d</a>'),
  });
  const names = namesIn(JSON.stringify(compiled), true)!;
  expect([...names.shown].toSorted()).toEqual(['nick', 'order', 'shown']);
  expect(names.all.toSorted()).toEqual(['both', 'decides', 'helped', 'host', 'nick', 'order', 'shown']);
  expect(namesIn(JSON.stringify(compiled), false)!.shown.size).toBe(0);
});

test.each([
  ['a value that is missing', { name: undefined }], ['an empty one', { name: ' ' }], ['none', { name: null }], ['a number', { name: 7 }], ['markup', { name: '<b>x</b>' }], ['a list', { name: ['a'] }], ['an object', { name: { a: 1 } }],
])('what comes of %s is not taken from somebody else', async (_, odd) => {
  const { maker } = await plan('email', mail('Hi', 'Hello {{person.name}}'));
  expect(make(maker, { name: 'Mina' })).toEqual({ language: null });
  const { maker: alone } = await plan('email', mail('Hi', 'Hello {{person.name}}'));
  expect(make(maker, odd)).toEqual(make(alone, odd));
});

test('a host that is none fails for whom it is none, and only for them', async () => {
  const { maker } = await plan('email', mail('Hi', '<a href="https://{{person.host}}.example.test/">x</a>'));
  expect(make(maker, { host: 'mina' })).toEqual({ language: null });
  expect(make(maker, { host: 'm na' })).toMatchObject({ code: 'RENDER_ERROR' });
  expect(make(maker, { host: 'kimu' })).toEqual({ language: null });
});

test('a message is made once for all who are shown alike, and again for another language', async () => {
  const { maker } = await plan('email', mail('Hi {{person.name}}', 'Hello {{person.name}}'));
  const first = make(maker, { name: 'Mina' });
  expect(make(maker, { name: '민아김이' })).toBe(first);
  expect(make(maker, { name: 'Minas' })).not.toBe(first);
  expect(make(maker, { name: 'Mina' }, 'ko')).not.toBe(first);
});
