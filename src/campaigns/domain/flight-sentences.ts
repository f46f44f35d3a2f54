import type { Landing, WayChange } from './landing.js';
import type { Sentence } from './sentences.js';

const number = (value: number): string => value.toLocaleString('en-US');
const people = (value: number): string => (value === 1 ? '1 person' : `${number(value)} people`);
const quoted = (label: Sentence): Sentence => ({ en: `“${label.en}”`, ko: `“${label.ko}”` });

/** When people go on. `hoping`: a condition may let them go on sooner. */
export interface FlightTimes { atOnce: number; first: Date | null; last: Date | null }

/** A message or wait that comes next; null is the end. */
export type Stop = { kind: 'message' | 'wait'; label: Sentence } | null;

/** What is told of the people at one place. */
export interface Flight {
  people: number;
  label: Sentence;
  /** Of the version they are on. */
  number: number;
  times: FlightTimes;
  stops: readonly Stop[];
  hoping: boolean;
}

/** A moment as said today: the date only when it is another day. */
function clock(at: Date, now: Date, zone: string): Sentence {
  const day = (date: Date) => new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', timeZone: zone }).format(date);
  const options = { ...(day(at) === day(now) ? {} : { dateStyle: 'medium' as const }), timeStyle: 'short' as const, hourCycle: 'h23' as const, timeZone: zone };
  const said = (language: string) => new Intl.DateTimeFormat(language, options).format(at);
  return { en: said('en-GB'), ko: said('ko') };
}

/** "at 14:05 (Asia/Seoul)": with what is between the first and the last of them, and a condition that may come true before. */
function when({ times: { atOnce, first, last }, people: all, hoping }: Pick<Flight, 'times' | 'people' | 'hoping'>, now: Date, zone: string): Sentence {
  if (first === null || last === null || atOnce >= all) return { en: 'at once', ko: '바로' };
  const [from, to] = [clock(first, now, zone), clock(last, now, zone)];
  const isOne = from.en === to.en;
  const time = isOne ? { en: `at ${from.en} (${zone})`, ko: `${from.ko}(${zone})에` } : { en: `between ${from.en} and ${to.en} (${zone})`, ko: `${from.ko}부터 ${to.ko}(${zone}) 사이에` };
  const told = hoping ? { en: `when it comes true, or ${time.en} at the latest`, ko: `조건이 충족되면 바로, 늦어도 ${time.ko}` } : time;
  if (atOnce === 0) return told;
  return { en: `${told.en} (${number(atOnce)} of them at once)`, ko: `${told.ko}(그중 ${number(atOnce)}명은 바로)` };
}

const MOST = 3;

/** What they do next: "get “E-mail 3” or come to the end". */
function onward(stops: readonly Stop[]): Sentence {
  const told = stops.slice(0, MOST);
  const more = stops.length - told.length;
  const en = told.map((stop) => (stop === null ? 'come to the end' : stop.kind === 'message' ? `get ${quoted(stop.label).en}` : `come to ${quoted(stop.label).en}`));
  const ko = told.map((stop, index) => {
    const isLast = index === told.length - 1 && more === 0;
    if (stop === null) return isLast ? '여정을 마칩니다' : '여정을 마치거나';
    if (stop.kind === 'message') return `${quoted(stop.label).ko} 메시지를 ${isLast ? '받습니다' : '받거나'}`;
    return `${quoted(stop.label).ko} 단계로 ${isLast ? '갑니다' : '가거나'}`;
  });
  return { en: [...en, ...(more > 0 ? [`go on at one of ${more} other steps`] : [])].join(', or '), ko: [...ko, ...(more > 0 ? [`다른 ${more}개 단계로 갑니다`] : [])].join(' ') };
}

const at = ({ people: count, label }: Pick<Flight, 'people' | 'label'>): Sentence => ({ en: `${people(count)} at ${quoted(label).en}`, ko: `${quoted(label).ko} 단계의 ${number(count)}명` });
/** A verb in the number of who does it. */
const verb = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** They finish the version they are on. */
export function keepSentence(flight: Flight, now: Date, zone: string): Sentence {
  const [who, what, time] = [at(flight), onward(flight.stops), when(flight, now, zone)];
  return { en: `${who.en} ${verb(flight.people, 'stays', 'stay')} on version ${flight.number} and will ${what.en} ${time.en}.`, ko: `${who.ko}: 버전 ${flight.number}에 남아 ${time.ko} ${what.ko}.` };
}

/** They go on in the new version. */
export function migrateSentence(flight: Flight, { to, landing, change, labels }: { to: number; landing: Landing; change: WayChange; labels(stepId: string): Sentence }, now: Date, zone: string): Sentence {
  const [who, what, time] = [at(flight), onward(flight.stops), when(flight, now, zone)];
  const way = wayWords(change, labels);
  if (landing.kind === 'end') return { en: `${who.en} ${verb(flight.people, 'is', 'are')} through at once: nothing of their way is left in version ${to}.`, ko: `${who.ko}: 버전 ${to}에 남은 단계가 없어 바로 여정을 마칩니다.` };
  if (landing.kind === 'before') return { en: `${who.en} will ${what.en} ${time.en}, in version ${to}: the step itself is gone, what they wait for ends when it would have.${way.en}`, ko: `${who.ko}: 버전 ${to}에서 ${time.ko} ${what.ko}. 이 단계는 없어지지만 기다리던 시간은 그대로입니다.${way.ko}` };
  return { en: `${who.en} will ${what.en} ${time.en}, in version ${to}.${way.en}`, ko: `${who.ko}: 버전 ${to}에서 ${time.ko} ${what.ko}.${way.ko}` };
}

/** Their run ends and another begins. */
export function restartSentence(flight: Flight, to: number): Sentence {
  const who = at(flight);
  return {
    en: `${who.en} ${verb(flight.people, 'leaves', 'leave')} version ${flight.number} without anything more of it and ${verb(flight.people, 'starts', 'start')} version ${to} from its beginning now; messages they had can come again.`,
    ko: `${who.ko}: 버전 ${flight.number}의 여정을 바로 끝내고 버전 ${to}의 처음부터 다시 시작합니다. 이미 받은 메시지를 다시 받을 수 있습니다.`,
  };
}

/** Their run ends; what is queued goes. */
export function drainSentence(flight: Flight): Sentence {
  const who = at(flight);
  const lost = flight.stops.flatMap((stop) => (stop ? [quoted(stop.label)] : []));
  const en = lost.length === 0 ? '' : ` ${lost.slice(0, MOST).map((label) => label.en).join(' or ')} does not come any more.`;
  const ko = lost.length === 0 ? '' : ` 다음 단계(${lost.slice(0, MOST).map((label) => label.ko).join(', ')})로는 가지 않습니다.`;
  return { en: `${who.en} ${verb(flight.people, 'ends', 'end')} here; what is queued already still goes.${en}`, ko: `${who.ko}: 여기서 여정을 마칩니다. 이미 대기 중인 메시지는 발송됩니다.${ko}` };
}

const NAMED = 5;

/** What changes on their way, each sentence with a space before it. */
function wayWords(change: WayChange, labels: (stepId: string) => Sentence): Sentence {
  const list = (ids: readonly string[], language: 'en' | 'ko') => {
    const more = ids.length - NAMED;
    return ids.slice(0, NAMED).map((id) => quoted(labels(id))[language]).join(', ') + (more > 0 ? (language === 'en' ? ` and ${more} more` : ` 외 ${more}개`) : '');
  };
  const told = [['New on their way', '추가되는 단계', change.added], ['Gone', '빠지는 단계', change.removed], ['Changed', '바뀌는 단계', change.changed]] as const;
  const said = told.filter(([, , ids]) => ids.length > 0);
  return { en: said.map(([en, , ids]) => ` ${en}: ${list(ids, 'en')}.`).join(''), ko: said.map(([, ko, ids]) => ` ${ko}: ${list(ids, 'ko')}.`).join('') };
}

/** What becomes of a test when the draft is published. */
export function experimentSentence(label: Sentence, becomes: 'continues' | 'anew' | 'ends'): Sentence {
  const { en, ko } = quoted(label);
  const said = {
    continues: [`The test at ${en} goes on: everybody keeps their version, and the results stay one.`, `${ko} 테스트는 계속됩니다. 배정과 결과가 그대로 이어집니다.`],
    anew: [`The test at ${en} begins anew: its variants, shares or contents are others. What was measured so far stays with the old one.`, `${ko} 테스트는 새로 시작합니다. 변형, 비율 또는 내용이 바뀌었기 때문입니다. 지금까지의 결과는 이전 테스트에 남습니다.`],
    ends: [`The test at ${en} ends: it is not in the new version. People who stay on an earlier one go on being counted.`, `${ko} 테스트는 새 버전에 없어 끝납니다. 이전 버전에 남는 고객은 계속 집계됩니다.`],
  }[becomes] as [string, string];
  return { en: said[0], ko: said[1] };
}
