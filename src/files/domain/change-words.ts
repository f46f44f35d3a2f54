import type { Change, Place } from '../../contract/campaign-diff.js';

export interface Sentence { en: string; ko: string }
/** Says a value of a field where it means more than itself: a condition, a segment. */
export type SayValue = (field: string, value: unknown) => Sentence | null;

type Part = Record<string, unknown>;
const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value);
const same = (text: string): Sentence => ({ en: text, ko: text });
const join = (glue: string, ...parts: Sentence[]): Sentence => ({ en: parts.map(({ en }) => en).join(glue), ko: parts.map(({ ko }) => ko).join(glue) });

const KINDS: Record<string, Sentence> = {
  email: { en: 'E-mail', ko: '이메일' }, in_app: { en: 'In-app message', ko: '인앱 메시지' }, webhook: { en: 'Webhook', ko: '웹훅' }, chat: { en: 'Team notice', ko: '팀 알림' },
  wait: { en: 'Wait', ko: '대기' }, wait_until: { en: 'Wait for', ko: '조건 대기' }, branch: { en: 'Branch', ko: '분기' }, split: { en: 'Split', ko: '분할' }, action: { en: 'Action', ko: '작업' }, exit: { en: 'Exit', ko: '종료' },
};
const PARTS: Record<string, Sentence> = {
  entry: { en: 'Entry', ko: '진입 조건' }, who: { en: 'Audience', ko: '대상' }, reentry: { en: 'Re-entry', ko: '재진입' }, sending: { en: 'Sending', ko: '발송' }, pace: { en: 'Pacing', ko: '빈도와 시간' },
  goal: { en: 'Goal', ko: '목표' }, exit_rule: { en: 'Exit rule', ko: '이탈 조건' },
};
const NOTHING: Sentence = { en: 'nothing', ko: '없음' };
const UNITS: [string, string, string][] = [['weeks', 'week', '주'], ['days', 'day', '일'], ['hours', 'hour', '시간'], ['minutes', 'minute', '분'], ['seconds', 'second', '초']];
const LONGEST = 60;

function stepName(step: Part): Sentence {
  const kind = KINDS[String(step.type === 'message' ? step.channel : step.type)] ?? same(String(step.type));
  return join(' ', kind, same(`“${String(step.name || step.id || '')}”`));
}

function placeName(place: Place): Sentence {
  if (!('part' in place)) return PARTS[place.kind]!;
  if (place.kind === 'goal' || place.kind === 'exit_rule') return join(' ', PARTS[place.kind]!, same(`“${String(place.part.name || place.part.key || '')}”`));
  if (place.kind === 'step') return stepName(place.part);
  return join(', ', stepName(place.part), { en: `variant ${String(place.variant.key ?? '')}${place.language ? ` (${place.language})` : ''}`, ko: `변형 ${String(place.variant.key ?? '')}${place.language ? ` (${place.language})` : ''}` });
}

/** One change of a campaign as one line. */
export function changeLine(change: Change, say: SayValue): Sentence {
  if (change.kind === 'name') return fromTo({ en: 'Name', ko: '이름' }, 'name', change.from, change.to, say);
  const place = placeName(change.place);
  if (change.kind === 'added') return { en: `${place.en}: added`, ko: `${place.ko}: 추가` };
  if (change.kind === 'removed') return { en: `${place.en}: removed`, ko: `${place.ko}: 삭제` };
  if (change.kind === 'way') {
    const by = change.by === null ? '' : ` (${change.by})`;
    const to = change.to ? stepName(change.to) : { en: 'the end', ko: '끝' };
    return { en: `${place.en}: goes on${by} to ${to.en}`, ko: `${place.ko}: 다음 단계${by} → ${to.ko}` };
  }
  if (change.kind === 'wait') return join(': ', place, join(' → ', waitWords(change.from), waitWords(change.to)));
  return fromTo(join(', ', place, same(change.field)), change.field.split('.').at(-1)!, change.from, change.to, say);
}

/** One field of something simple as one line. */
export const fieldLine = (field: string, from: unknown, to: unknown, say: SayValue): Sentence => fromTo(same(field), field, from, to, say);

function fromTo(label: Sentence, field: string, from: unknown, to: unknown, say: SayValue): Sentence {
  if (typeof from === 'string' && typeof to === 'string' && Math.max(from.length, to.length) > LONGEST) {
    const [a, b] = aroundChange(from, to);
    return { en: `${label.en}: ${a} → ${b}`, ko: `${label.ko}: ${a} → ${b}` };
  }
  return join(': ', label, join(' → ', valueWords(field, from, say), valueWords(field, to, say)));
}

function valueWords(field: string, value: unknown, say: SayValue): Sentence {
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return NOTHING;
  const said = say(field, value);
  if (said) return said;
  if (typeof value === 'string') return same(`“${shortened(value)}”`);
  if (isPart(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => UNITS.some(([unit]) => unit === key))) return lengthWords(value);
  return same(shortened(typeof value === 'object' ? JSON.stringify(value) : String(value)));
}

function lengthWords(length: Part): Sentence {
  const parts = UNITS.filter(([unit]) => Number(length[unit] ?? 0) > 0).map(([unit, en, ko]) => ({ en: `${String(length[unit])} ${en}${length[unit] === 1 ? '' : 's'}`, ko: `${String(length[unit])}${ko}` }));
  return parts.length === 0 ? NOTHING : join(' ', ...parts);
}

function waitWords({ for: length, until, date }: Part): Sentence {
  const parts = [...(isPart(length) ? [lengthWords(length)] : []), ...(isPart(until) ? [same(`${Array.isArray(until.weekdays) && until.weekdays.length > 0 ? `${until.weekdays.join(', ')} ` : ''}${String(until.time)}`)] : []), ...(isPart(date) ? [same(JSON.stringify(date))] : [])];
  return parts.length === 0 ? NOTHING : join(', ', ...parts);
}

const shortened = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text).replaceAll(/\s+/g, ' ');

/** Of two long texts what differs, with a little around it. */
function aroundChange(from: string, to: string): [string, string] {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) head += 1;
  let tail = 0;
  while (tail < from.length - head && tail < to.length - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail += 1;
  const start = Math.max(0, head - 12);
  const part = (text: string) => `“${start > 0 ? '…' : ''}${shortened(text.slice(start, Math.min(text.length, text.length - tail + 12)))}${tail > 12 ? '…' : ''}”`;
  return [part(from), part(to)];
}
