import { isDeepStrictEqual } from 'node:util';
import { PacingSettings } from '../../contract/pacing.js';
import { SafetySettings } from '../../contract/safety.js';
import { RULES } from '../../delivery/rules/domain/catalogue.js';
import { fieldLine, type SayValue, type Sentence } from './change-words.js';

type Part = Record<string, unknown>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);
const ADDED: Sentence = { en: 'added', ko: '추가' };
const REMOVED: Sentence = { en: 'removed', ko: '삭제' };
const ON: Sentence = { en: 'on', ko: '켬' };
const OFF: Sentence = { en: 'off', ko: '끔' };
const FIRST: Sentence = { en: 'as it is at first', ko: '기본값' };

/** Parts of settings, by their path; the longest that fits is said, and after it the fields below it as the API names them. */
const PARTS: Record<string, Sentence> = {
  'pacing.waitDays': { en: 'Days a message waits for a cap', ko: '빈도 제한을 기다리는 최대 일수' },
  'pacing.quietHours': { en: 'Quiet hours', ko: '방해 금지' },
  'safety.ramp': { en: 'When a ramp halts', ko: '단계 발송을 멈추는 기준' },
  'safety.sendRate': { en: 'Send rate', ko: '발송 속도' },
  'safety.breaker': { en: 'When the breaker opens', ko: '차단기가 열리는 기준' },
  'safety.approval.above': { en: 'A second person approves launches above', ko: '승인이 필요한 대상 수 기준' },
};

const line = (label: Sentence, said: Sentence): Sentence => ({ en: `${label.en}: ${said.en}`, ko: `${label.ko}: ${said.ko}` });
const below = (label: Sentence, field: string): Sentence => (field === '' ? label : { en: `${label.en}, ${field}`, ko: `${label.ko}, ${field}` });
const fromTo = (label: Sentence, field: string, from: unknown, to: unknown, say: SayValue = () => null): Sentence => {
  const { en, ko } = fieldLine('', from, to, (_, value) => (field === 'on' && typeof value === 'boolean' ? (value ? ON : OFF) : say(field, value)));
  return { en: `${label.en}${en}`, ko: `${label.ko}${ko}` };
};

/** Every field that differs, by its path below. */
function differing(from: unknown, to: unknown, path = ''): { path: string; from: unknown; to: unknown }[] {
  if (isDeepStrictEqual(from, to)) return [];
  if (!isPart(from) || !isPart(to)) return [{ path, from, to }];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])].toSorted().flatMap((key) => differing(from[key], to[key], path === '' ? key : `${path}.${key}`));
}

/** What changes of the settings, one line a field; both sides whole. */
export function settingsLines(before: Part, after: Part): Sentence[] {
  // What was never set is as it is at first, so only what becomes other is told.
  const [was, is] = [before, after].map(({ pacing }) => (pacing ?? PacingSettings.parse({})) as Part) as [Part, Part];
  const plain = differing({ pacing: { ...was, caps: [] }, safety: before.safety ?? SafetySettings.parse({}) }, { pacing: { ...is, caps: [] }, safety: after.safety ?? SafetySettings.parse({}) });
  return [
    ...keyedLines(listOf(was.caps), listOf(is.caps), ({ key, name }) => { const said = String(name || key); return { en: `Frequency cap “${said}”`, ko: `빈도 제한 “${said}”` }; }),
    ...plain.map(({ path, from, to }) => {
      const part = Object.keys(PARTS).find((one) => path === one || path.startsWith(`${one}.`));
      const label = part === undefined ? { en: path, ko: path } : below(PARTS[part]!, path.slice(part.length + 1));
      return fromTo(label, path.split('.').at(-1)!, from, to);
    }),
    ...ruleLines((before.rules ?? {}) as Part, (after.rules ?? {}) as Part),
  ];
}

function ruleLines(before: Part, after: Part): Sentence[] {
  return RULES.filter(({ key }) => !isDeepStrictEqual(before[key], after[key])).flatMap(({ key, title }) => {
    const label = { en: `Rule “${title.en}”`, ko: `규칙 “${title.ko}”` };
    if (after[key] === undefined) return [line(label, FIRST)];
    return differing(wholeRule(before[key]), wholeRule(after[key])).map(({ path, from, to }) => fromTo(below(label, path.replace(/^parameters\.?/, '').replace(/^on$/, '')), path, from, to));
  });
}

const wholeRule = (rule: unknown): Part => ({ parameters: {}, ...(rule as Part | undefined) });
const listOf = (value: unknown): Part[] => (Array.isArray(value) ? value.filter(isPart) : []);

/** Things told apart by `place`: those that come, those that go, and what of the others changes. */
function keyedLines(before: readonly Part[], after: readonly Part[], name: (one: Part) => Sentence, place = ({ key }: Part) => String(key)): Sentence[] {
  const [was, is] = [new Map(before.map((one) => [place(one), one])), new Map(after.map((one) => [place(one), one]))];
  return [
    ...after.flatMap((one) => (was.has(place(one)) ? differing(was.get(place(one)), one).map(({ path, from, to }) => fromTo(below(name(one), path), path, from, to)) : [line(name(one), ADDED)])),
    ...before.flatMap((one) => (is.has(place(one)) ? [] : [line(name(one), REMOVED)])),
  ];
}

const KINDS: Record<string, Sentence> = { event: { en: 'Event', ko: '이벤트' }, attribute: { en: 'Attribute', ko: '속성' } };

/** What changes of labels. */
export function labelLines(before: readonly object[], after: readonly object[]): Sentence[] {
  return keyedLines(before as Part[], after as Part[], ({ kind, key }) => ({ en: `${KINDS[String(kind)]!.en} “${String(key)}”`, ko: `${KINDS[String(kind)]!.ko} “${String(key)}”` }), ({ kind, key }) => `${String(kind)} ${String(key)}`);
}

/** What changes of a holdout: its name, and whom it spares. @param keyOf the key of a campaign */
export function holdoutLines(before: Part, after: Part, keyOf: (id: string) => string): Sentence[] {
  const spared = ({ definition }: Part) => ((definition as Part).exceptCampaignIds as string[]).map(keyOf).join(', ');
  return [
    ...(before.name === after.name ? [] : [fromTo({ en: 'Name', ko: '이름' }, 'name', before.name, after.name)]),
    ...(spared(before) === spared(after) ? [] : [fromTo({ en: 'Campaigns that send to everybody all the same', ko: '모두에게 그대로 보내는 캠페인' }, '', spared(before), spared(after))]),
  ];
}
