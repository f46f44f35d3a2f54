import type { Move } from './landing.js';
import type { Sentence } from './sentences.js';

const number = (value: number): string => value.toLocaleString('en-US');

/** What is told of people who were in flight when a version was published. */
export interface ToldMigration {
  number: number;
  state: 'running' | 'done' | 'replaced' | 'cancelled';
  people: number;
  kept: number;
  migrated: number;
  restarted: number;
  drained: number;
  ended: number;
  refused: number;
  left: number | null;
  plan: { move: Move };
}

const STATES: Record<ToldMigration['state'], Sentence> = {
  running: { en: 'Under way', ko: '진행 중' }, done: { en: 'Done', ko: '완료' },
  replaced: { en: 'A later choice took its place', ko: '나중의 선택으로 대체됨' }, cancelled: { en: 'The campaign ended before it was done', ko: '끝나기 전에 캠페인이 종료됨' },
};

/** How far it has come, in one sentence; only what happened to somebody is named. */
export function migrationSentence({ state, people, kept, left, number: version, ...counts }: ToldMigration): Sentence {
  const parts: [number, string, string][] = [
    [counts.migrated, `moved to version ${version}`, `버전 ${version}(으)로 이동`], [counts.restarted, 'started again', '처음부터 다시 시작'], [counts.drained, 'ended where they were', '그 자리에서 종료'],
    [counts.ended, 'ended by the new version', '새 버전에 따라 종료'], [counts.refused, 'not let in again', '다시 진입하지 못함'], [kept, 'stay on their version', '기존 버전 유지'], [left ?? 0, 'still to be moved', '이동 대기'],
  ];
  const said = parts.filter(([count]) => count > 0);
  const none = said.length === 0;
  return {
    en: `${STATES[state].en}: of ${number(people)} in flight ${none ? 'nobody was moved' : said.map(([count, en]) => `${number(count)} ${en}`).join(', ')}.`,
    ko: `${STATES[state].ko}: 진행 중이던 ${number(people)}명 중 ${none ? '이동한 고객 없음' : said.map(([count, , ko]) => `${ko} ${number(count)}명`).join(', ')}.`,
  };
}
