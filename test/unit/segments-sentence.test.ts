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
  { node: attribute('생일', 'anniversary', 0), ko: '‘생일’이 오늘 돌아오는 고객', en: 'People where “생일” has its anniversary today.' },
  { node: attribute('생일', 'anniversary', 7), ko: '‘생일’이 7일 뒤에 돌아오는 고객', en: 'People where “생일” has its anniversary in 7 days.' },
  { node: attribute('$signed_up_at', 'anniversary', -1), ko: '가입일이 1일 전에 돌아온 고객', en: 'People where sign-up date had its anniversary 1 day ago.' },
  { node: { ...attribute('생일', 'anniversary_within', 30), zone: 'workspace' } as SegmentNode, ko: '‘생일’이 워크스페이스 시간대로 오늘부터 30일 안에 돌아오는 고객', en: 'People where “생일” has its anniversary today or within 30 days (in the time zone of the workspace).' },
  { node: attribute('예약', 'day_of_week', ['sat', 'sun']), ko: '‘예약’이 토요일 또는 일요일인 고객', en: 'People where “예약” is on a Saturday or Sunday.' },
  { node: attribute('예약', 'hour_between', [22, 6]), ko: '‘예약’이 22시부터 다음 날 6시 사이인 고객', en: 'People where “예약” is between 22:00 and 6:00.' },
  { node: attribute('$signed_up_at', 'older_than', { days: 3 }), ko: '가입일이 3일 이상 지난 고객', en: 'People where sign-up date is at least 3 days ago.' },
  {
    node: { type: 'event', event: '로그인', count: { op: 'at_least', value: 2 }, within: { weeks: 1, days: 1 }, where: [{ property: '기기', op: 'is', value: 'PC' }] },
    ko: '최근 1주 1일 동안 (‘기기’가 ‘PC’와 같은) ‘로그인’을 2번 이상 한 고객', en: 'People where “로그인” happened at least 2 times within the last 1 week 1 day with “기기” is “PC”.',
  },
  { node: { type: 'event', event: '구매', count: { op: 'exactly', value: 0 } }, ko: '‘구매’를 한 번도 하지 않은 고객', en: 'People where “구매” happened exactly 0 times.' },
  { node: { type: 'any', of: [{ type: 'list', op: 'in', listId: 'l' }, { type: 'list', op: 'not_in', listId: 'x' }] }, ko: '‘봄 행사’ 목록에 있거나 ‘휴면’ 목록에 없는 고객', en: 'People where they are on the list “봄 행사” or they are not on the list “휴면”.' },
  ...([['subscribed', '받겠다고 한', 'they said yes to'], ['unsubscribed', '받지 않겠다고 한', 'they said no to'], ['unset', '받을지 말한 적이 없는', 'they never said whether they want'], ['allowed', '받을 수 있는', 'they may get']] as const)
    .map(([state, ko, en]) => ({ node: { type: 'consent', channel: 'email', topic: 't', state } as SegmentNode, ko: `‘제품 소식’을 이메일로 ${ko} 고객`, en: `People where ${en} “Product updates” by e-mail.` })),
  {
    node: { type: 'any', of: [{ type: 'consent', channel: 'in_app', topic: '할인', state: 'allowed' }, { type: 'consent', channel: 'in_app', topic: 't', state: 'unset' }] },
    ko: '‘할인’을 앱에서 받을 수 있거나 ‘제품 소식’을 앱에서 받을지 말한 적이 없는 고객', en: 'People where they may get “할인” in the app or they never said whether they want “Product updates” in the app.',
  },
  {
    node: { type: 'event', event: '구매', count: { op: 'at_least', value: 1 }, between: { from: '2026-03-01', to: '2026-04-01' } },
    ko: '2026-03-01부터 2026-04-01 전까지 ‘구매’를 1번 이상 한 고객', en: 'People where “구매” happened at least 1 time on or after 2026-03-01 and before 2026-04-01.',
  },
  {
    node: { type: 'event_value', event: '구매', measure: 'sum', property: '금액', op: 'at_least', value: 30000, within: { days: 30 } },
    ko: '최근 30일 동안 ‘구매’의 ‘금액’ 합계가 30000 이상인 고객', en: 'People where the sum of “금액” in “구매” within the last 30 days is at least 30000.',
  },
  {
    node: { type: 'event_value', event: '구매', measure: 'distinct', property: '상품', op: 'between', value: 2, to: 5 },
    ko: '‘구매’의 서로 다른 ‘상품’ 값 수가 2 이상 5 이하인 고객', en: 'People where the number of different values of “상품” in “구매” is between 2 and 5.',
  },
  {
    node: { type: 'event_time', event: '구매', which: 'last', op: 'older_than', value: { days: 30 } },
    ko: '마지막 ‘구매’가 30일 이상 지난 고객', en: 'People where the last “구매” is at least 30 days ago.',
  },
  {
    node: { type: 'event_time', event: '로그인', which: 'first', op: 'on', value: '2026-03-01', where: [{ property: '기기', op: 'is', value: 'PC' }] },
    ko: '첫 (‘기기’가 ‘PC’와 같은) ‘로그인’이 2026-03-01 당일인 고객', en: 'People where the first “로그인” with “기기” is “PC” is on 2026-03-01.',
  },
  { node: { type: 'sequence', steps: [{ event: '가입' }, { event: '구매', within: { days: 7 } }] }, ko: '‘가입’ 후 7일 안에 ‘구매’를 한 고객', en: 'People where “가입” was followed by “구매” within 7 days.' },
  {
    node: { type: 'any', of: [{ type: 'sequence', steps: [{ event: '가입' }, { event: '구매' }] }, { type: 'sequence', steps: [{ event: '가입' }, { event: '구매', within: { days: 1 }, not: true }] }] },
    ko: '‘가입’ 후 ‘구매’를 했거나 ‘가입’ 후 1일 안에 ‘구매’를 하지 않은 고객', en: 'People where “가입” was followed by “구매” or “가입” was not followed by “구매” within 1 day.',
  },
  {
    node: { type: 'sequence', within: { days: 30 }, steps: [{ event: '가입' }, { event: '장바구니', within: { days: 7 }, where: [{ property: '금액', op: 'gte', value: 10 }] }, { event: '구매', within: { hours: 1 }, not: true }] },
    ko: '최근 30일 동안 ‘가입’ 후 7일 안에 (‘금액’이 10 이상인) ‘장바구니’, 그 후 1시간 안에 ‘구매’를 하지 않은 고객',
    en: 'People where “가입” within the last 30 days was followed by “장바구니” with “금액” is at least 10 within 7 days and then not by “구매” within 1 hour.',
  },
  {
    node: { type: 'all', of: [is('직업', '학생'), { type: 'any', of: [{ type: 'tag', op: 'has', tag: 'VIP' }, { type: 'segment', op: 'not_in', segmentId: 'x' }] }, { type: 'not', of: is('국가', '일본') }] },
    ko: '‘직업’이 ‘학생’과 같고 (‘VIP’ 태그가 있거나 ‘휴면’ 세그먼트에 속하지 않는 조건)에 해당하고 (‘국가’가 ‘일본’과 같은 조건)에 해당하지 않는 고객',
    en: 'People where “직업” is “학생” and (the tag “VIP” is set or they are not in the segment “휴면”) and not (“국가” is “일본”).',
  },
  {
    node: { type: 'page', measure: 'views', op: 'at_least', value: 3, within: { days: 7 }, url: [{ match: 'glob', pattern: 'shop.kr/pricing' }, { match: 'regex', pattern: '^/a', query: [{ key: 'ref', op: 'is', value: 'x' }] }], referrer: ['naver.com'], device: ['mobile', 'tablet'] },
    ko: '최근 7일 동안 (유입 사이트가 ‘naver.com’이고 기기가 모바일 또는 태블릿인) ‘shop.kr/pricing’ 또는 정규식 ‘^/a’(파라미터 ‘ref=x’) 페이지를 3번 이상 본 고객',
    en: 'People where a page at “shop.kr/pricing” or whose address matches “^/a” with the parameter “ref” = “x” was viewed at least 3 times within the last 7 days coming from “naver.com” on a phone or a tablet.',
  },
  { node: { type: 'page', measure: 'views', op: 'exactly', value: 0 }, ko: '페이지를 한 번도 보지 않은 고객', en: 'People where any page was viewed exactly 0 times.' },
  { node: { type: 'page', measure: 'visits', op: 'between', value: 2, to: 3, url: [{ match: 'glob', pattern: '/blog/**' }], language: ['ko', 'ja'], between: { from: '2026-03-01' } }, ko: '2026-03-01부터 (언어가 ‘ko’, ‘ja’ 중 하나인) ‘/blog/**’ 페이지로 시작한 방문을 2번 이상 3번 이하 한 고객', en: 'People where the site was visited between 2 and 3 times beginning on a page at “/blog/**” on or after 2026-03-01 in the language “ko” or “ja”.' },
  { node: { type: 'page', measure: 'dwell', op: 'more_than', value: 90.5, url: [{ match: 'glob', pattern: '/가격' }] }, ko: '‘/가격’ 페이지에 90.5초 초과 머문 고객', en: 'People where pages at “/가격” were read for more than 90.5 seconds.' },
  { node: { type: 'page', measure: 'views', op: 'at_least', value: 1, touch: 'first', url: [{ match: 'glob', pattern: '/가격' }], utm: { campaign: ['봄'], source: ['naver', 'google'] } }, ko: '처음 본 페이지가 ‘/가격’이고 UTM 캠페인이 ‘봄’이고 UTM 소스가 ‘naver’, ‘google’ 중 하나인 고객', en: 'People where the first page viewed is at “/가격” with the UTM campaign “봄” with the UTM source “naver” or “google”.' },
  { node: { type: 'page', measure: 'views', op: 'at_least', value: 1, touch: 'last', device: ['desktop'] }, ko: '마지막으로 본 페이지의 기기가 데스크톱인 고객', en: 'People where the last page was viewed on a computer.' },
  { node: { type: 'all', of: [{ type: 'page', measure: 'views', op: 'at_least', value: 1, touch: 'first' }, { type: 'page', measure: 'dwell', op: 'exactly', value: 0 }] }, ko: '처음 본 페이지가 있고 페이지에 머물지 않은 고객', en: 'People where the first page was viewed and pages were read for exactly 0 seconds.' },
  ...([
    [{ kind: 'received', campaignId: 'k', channel: 'email', within: { days: 30 } }, '최근 30일 동안 ‘봄 인사’ 캠페인의 이메일을 받은 고객', 'People where they have received an e-mail of the campaign “봄 인사” within the last 30 days.'],
    [{ kind: 'received', channel: 'in_app', count: { op: 'between', value: 2, to: 3 } }, '캠페인 인앱 메시지를 2통 이상 3통 이하 받은 고객', 'People where they have received between 2 and 3 in-app messages of any campaign.'],
    [{ kind: 'opened', campaignId: 'k', count: { op: 'exactly', value: 0 } }, '‘봄 인사’ 캠페인의 메시지를 한 통도 열어 보지 않은 고객', 'People where they have not opened any message of the campaign “봄 인사”.'],
    [{ kind: 'clicked', campaignId: 'k', stepId: 'hello', variant: 'A', count: { op: 'at_least', value: 2 }, between: { from: '2026-03-01' } }, '2026-03-01부터 ‘봄 인사’ 캠페인 ‘hello’ 단계 ‘A’ 변형의 메시지를 2통 이상 클릭한 고객', 'People where they have clicked at least 2 messages of the campaign “봄 인사” at the step “hello” in the variant “A” on or after 2026-03-01.'],
    [{ kind: 'clicked', count: { op: 'exactly', value: 1 } }, '캠페인 메시지를 정확히 1통 클릭한 고객', 'People where they have clicked exactly 1 message of any campaign.'],
    [{ kind: 'converted', campaignId: 'k' }, '‘봄 인사’ 캠페인의 목표를 달성한 고객', 'People where they met the goal of the campaign “봄 인사”.'],
    [{ kind: 'converted', campaignId: 'k', goal: 'buy', variant: 'B', within: { days: 7 } }, '최근 7일 동안 ‘봄 인사’ 캠페인 ‘B’ 변형의 ‘buy’ 목표를 달성한 고객', 'People where they met the goal “buy” of the campaign “봄 인사” in the variant “B” within the last 7 days.'],
    [{ kind: 'in_control', campaignId: 'k' }, '‘봄 인사’ 캠페인 실험의 대조군에 배정된 고객', 'People where they are in the control arm of a test of the campaign “봄 인사”.'],
    [{ kind: 'in_holdout' }, '캠페인에서 홀드아웃으로 제외된 고객', 'People where they were held out of any campaign.'],
  ] as const).map(([leaf, ko, en]) => ({ node: { type: 'engagement', ...leaf } as SegmentNode, ko, en })),
  {
    node: { type: 'all', of: [{ type: 'engagement', kind: 'received', campaignId: 'k' }, { type: 'any', of: [{ type: 'engagement', kind: 'opened', campaignId: 'k', count: { op: 'exactly', value: 0 } }, { type: 'engagement', kind: 'in_control', campaignId: 'k' }] }] },
    ko: '‘봄 인사’ 캠페인의 메시지를 받았고 (‘봄 인사’ 캠페인의 메시지를 한 통도 열어 보지 않았거나 ‘봄 인사’ 캠페인 실험의 대조군에 배정된 조건)에 해당하는 고객',
    en: 'People where they have received a message of the campaign “봄 인사” and (they have not opened any message of the campaign “봄 인사” or they are in the control arm of a test of the campaign “봄 인사”).',
  },
];

test.each(cases)('$ko', ({ node, ko, en }) => {
  expect(sentenceOf(node, new Map([['x', { name: '휴면' }], ['k', { name: '봄 인사' }], ['l', { name: '봄 행사' }], ['t', { name: 'Product updates', nameKo: '제품 소식' }]]))).toEqual({ ko, en });
});

test('events and attributes are said by their labels, in a language without one by the other, and their particles follow', () => {
  const labels = new Map([['event:signup_v2', { name: 'Joined', nameKo: '회원가입' }], ['attribute:plan', { name: '요금제', nameKo: '요금제' }], ['event:buy', { name: 'Bought', nameKo: 'Bought' }]]);
  const within = { days: 7 };
  const said = (node: SegmentNode) => sentenceOf(node, labels);
  expect(said(is('plan', 'pro'))).toEqual({ en: 'People where “요금제” is “pro”.', ko: '‘요금제’가 ‘pro’와 같은 고객' });
  expect(said({ type: 'event', event: 'signup_v2', count: { op: 'at_least', value: 1 }, within })).toEqual({ en: 'People where “Joined” happened at least 1 time within the last 7 days.', ko: '최근 7일 동안 ‘회원가입’을 1번 이상 한 고객' });
  expect(said({ type: 'event_time', event: 'signup_v2', which: 'first', op: 'older_than', value: { days: 3 } } as SegmentNode)).toEqual({ en: 'People where the first “Joined” is at least 3 days ago.', ko: '첫 ‘회원가입’이 3일 이상 지난 고객' });
  expect(said({ type: 'event_value', event: 'buy', measure: 'sum', property: 'amount', op: 'at_least', value: 3 } as SegmentNode).en).toBe('People where the sum of “amount” in “Bought” is at least 3.');
  expect(said({ type: 'sequence', steps: [{ event: 'signup_v2' }, { event: 'buy', within }] } as SegmentNode)).toEqual({ en: 'People where “Joined” was followed by “Bought” within 7 days.', ko: expect.stringContaining('‘회원가입’') });
});
