import { expect, test } from '@jest/globals';
import type { SegmentNode } from '../../src/contract/segment.js';
import { sentenceOf } from '../../src/segments/domain/sentence.js';

const is = (key: string, value: string): SegmentNode => ({ type: 'attribute', key, op: 'is', value });
const attribute = (key: string, op: string, value?: unknown): SegmentNode => ({ type: 'attribute', key, op, value: value as string });
const cases: { node: SegmentNode; ko: string; en: string }[] = [
  { node: is('요금제', '무료'), ko: '‘요금제’가 ‘무료’와 같은 고객', en: 'People where “요금제” is “무료”.' },
  { node: is('직업', '학생'), ko: '‘직업’이 ‘학생’과 같은 고객', en: 'People where “직업” is “학생”.' },
  { node: attribute('이름', 'contains', '단비'), ko: '‘이름’이 ‘단비’를 포함하는 고객', en: 'People where “이름” contains “단비”.' },
  { node: attribute('주소', 'starts_with', '서울'), ko: '‘주소’가 ‘서울’로 시작하는 고객', en: 'People where “주소” starts with “서울”.' },
  { node: attribute('주소', 'ends_with', '강남'), ko: '‘주소’가 ‘강남’으로 끝나는 고객', en: 'People where “주소” ends with “강남”.' },
  { node: attribute('나이', 'eq', 30), ko: '‘나이’가 30과 같은 고객', en: 'People where “나이” is equal to 30.' },
  { node: attribute('나이', 'eq', 32), ko: '‘나이’가 32와 같은 고객', en: 'People where “나이” is equal to 32.' },
  { node: attribute('좌석 수', 'between', [5, 10]), ko: '‘좌석 수’가 5 이상 10 이하인 고객', en: 'People where “좌석 수” is between 5 and 10.' },
  { node: attribute('plan', 'not_in_list', ['free', '체험']), ko: '‘plan’이 ‘free’, ‘체험’ 중 어느 것도 아닌 고객', en: 'People where “plan” is none of “free”, “체험”.' },
  { node: attribute('경로', 'matches', '^/요금'), ko: '‘경로’가 정규식 ‘^/요금’과 일치하는 고객', en: 'People where “경로” matches the pattern “^/요금”.' },
  { node: attribute('경로', 'not_matches', 'a$'), ko: '‘경로’가 정규식 ‘a$’와 일치하지 않는 고객', en: 'People where “경로” does not match the pattern “a$”.' },
  { node: attribute('관심사', 'has_any', ['여행', '음식']), ko: '‘관심사’가 ‘여행’, ‘음식’ 중 하나라도 포함하는 고객', en: 'People where “관심사” has any of “여행”, “음식”.' },
  { node: attribute('관심사', 'has_all', ['여행', '책']), ko: '‘관심사’가 ‘여행’, ‘책’을 모두 포함하는 고객', en: 'People where “관심사” has all of “여행”, “책”.' },
  { node: attribute('관심사', 'has_none', ['여행']), ko: '‘관심사’가 ‘여행’ 중 어느 것도 포함하지 않는 고객', en: 'People where “관심사” has none of “여행”.' },
  { node: attribute('$signed_up_at', 'older_than', { days: 3 }), ko: '가입일이 3일 이상 지난 고객', en: 'People where sign-up date is at least 3 days ago.' },
  {
    node: { type: 'event', event: '로그인', count: { op: 'at_least', value: 2 }, within: { weeks: 1, days: 1 }, where: [{ property: '기기', op: 'is', value: 'PC' }] },
    ko: '최근 1주 1일 동안 (‘기기’가 ‘PC’와 같은) ‘로그인’을 2번 이상 한 고객', en: 'People where “로그인” happened at least 2 times within the last 1 week 1 day with “기기” is “PC”.',
  },
  { node: { type: 'event', event: '구매', count: { op: 'exactly', value: 0 } }, ko: '‘구매’를 한 번도 하지 않은 고객', en: 'People where “구매” happened exactly 0 times.' },
  { node: { type: 'any', of: [{ type: 'list', op: 'in', listId: 'l' }, { type: 'list', op: 'not_in', listId: 'x' }] }, ko: '‘봄 행사’ 목록에 있거나 ‘휴면’ 목록에 없는 고객', en: 'People where they are on the list “봄 행사” or they are not on the list “휴면”.' },
  {
    node: { type: 'all', of: [is('직업', '학생'), { type: 'any', of: [{ type: 'tag', op: 'has', tag: 'VIP' }, { type: 'segment', op: 'not_in', segmentId: 'x' }] }, { type: 'not', of: is('국가', '일본') }] },
    ko: '‘직업’이 ‘학생’과 같고 (‘VIP’ 태그가 있거나 ‘휴면’ 세그먼트에 속하지 않는 조건)에 해당하고 (‘국가’가 ‘일본’과 같은 조건)에 해당하지 않는 고객',
    en: 'People where “직업” is “학생” and (the tag “VIP” is set or they are not in the segment “휴면”) and not (“국가” is “일본”).',
  },
];

test.each(cases)('$ko', ({ node, ko, en }) => {
  expect(sentenceOf(node, new Map([['x', { name: '휴면' }], ['l', { name: '봄 행사' }]]))).toEqual({ ko, en });
});
