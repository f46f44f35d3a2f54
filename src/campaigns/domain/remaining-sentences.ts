import { spoken, type Sentence } from './sentences.js';

const number = (value: number): string => value.toLocaleString('en-US');

/** What stopping takes back, and what it can not. */
export interface StopFacts { people: number; queued: number; inApp: number; displays: number; launches: number; sending: number; sent: number }

export function stopSentence({ people, queued, inApp, displays, launches, sending, sent }: StopFacts): Sentence {
  const back: [number, string, string][] = [[queued, 'queued messages', '대기 중인 메시지'], [inApp, 'in-app messages', '인앱 메시지'], [displays, 'open displays', '표시 중인 메시지'], [launches, 'planned launches', '예정된 발송']];
  const said = back.filter(([count]) => count > 0);
  const gone = sending + sent;
  return {
    en: `Stopping ends ${number(people)} runs${said.length === 0 ? '; there is nothing to take back' : ` and takes back ${said.map(([count, en]) => `${number(count)} ${en}`).join(', ')}`}. ${gone === 0 ? 'Nothing has left yet.' : `${number(gone)} have left and can not be taken back${sending > 0 ? `, ${number(sending)} of them with a sender at this moment` : ''}.`}`,
    ko: `중지하면 진행 중인 여정 ${number(people)}건이 끝나고 ${said.length === 0 ? '회수할 메시지는 없습니다' : `${said.map(([count, , ko]) => `${ko} ${number(count)}건`).join(', ')}을 회수합니다`}. ${gone === 0 ? '아직 발송된 메시지가 없습니다.' : `이미 발송된 ${number(gone)}건은 회수할 수 없습니다${sending > 0 ? `(그중 ${number(sending)}건은 지금 발송 중)` : ''}.`}`,
  };
}

/** How many go on to the end of a campaign that takes nobody in any more, and until when. */
export function drainingSentence({ people, until, unbounded }: { people: number; until: Date | null; unbounded: boolean }, zone: string): Sentence {
  if (people === 0) return { en: 'Nobody is on the way: draining only keeps new people out.', ko: '진행 중인 고객이 없습니다. 새로 들어오는 고객만 막습니다.' };
  const at = until && spoken(until.toISOString(), zone);
  const end = unbounded
    ? { en: ' Some wait for a date of their own, so there is no last moment.', ko: ' 고객별 날짜를 기다리는 경우가 있어 끝나는 시각은 정해지지 않습니다.' }
    : at ? { en: ` The last of them is through by ${at.en} at the latest.`, ko: ` 늦어도 ${at.ko}까지 모두 끝납니다.` } : { en: '', ko: '' };
  return { en: `${number(people)} go on to the end; nobody new is taken in.${end.en}`, ko: `${number(people)}명은 끝까지 진행하고 새로 들어오는 고객은 없습니다.${end.ko}` };
}
