/** What people are told about a helper; `shows` is what the example makes, which a test tries. */
export interface HelperDoc {
  signature: string;
  example: string;
  shows: { en: string; ko: string };
  en: string;
  ko: string;
}

const doc = (signature: string, example: string, shows: string | [string, string], en: string, ko: string): HelperDoc => ({ signature, example, shows: typeof shows === 'string' ? { en: shows, ko: shows } : { en: shows[0], ko: shows[1] }, en, ko });

/** The person of the examples. */
export const DOC_SAMPLE = {
  name: 'Haneul', plan: 'pro', trialEndsAt: '2026-03-29T20:30:00Z', price: 29000, score: 0.256, seats: 1, interests: ['boards', 'calendar', 'chat'], address: { city: 'Seoul' },
};

export const HELPER_DOCS: Record<string, HelperDoc> = {
  if: doc('{{#if value}}…{{else}}…{{/if}}', '{{#if person.vip}}VIP{{else}}-{{/if}}', '-', 'Shows its content when the value is there and not empty, zero or false.', '값이 있고 비어 있거나 0 또는 거짓이 아니면 내용을 표시합니다.'),
  unless: doc('{{#unless value}}…{{else}}…{{/unless}}', '{{#unless person.vip}}hello{{/unless}}', 'hello', 'Shows its content when the value is missing, empty, zero or false.', '값이 없거나 비어 있거나 0 또는 거짓이면 내용을 표시합니다.'),
  each: doc('{{#each list as |item index|}}…{{else}}…{{/each}}', '{{#each person.interests as |item|}}[{{item}}]{{/each}}', '[boards][calendar][chat]', 'Repeats its content for every item, up to 500; the part after else is shown for an empty list.', '목록의 각 항목마다 내용을 반복합니다(최대 500개). 목록이 비어 있으면 else 뒤의 내용을 표시합니다.'),
  with: doc('{{#with value as |name|}}…{{else}}…{{/with}}', '{{#with person.address as |a|}}{{a.city}}{{/with}}', 'Seoul', 'Gives a value a short name inside the block.', '블록 안에서 값에 짧은 이름을 붙입니다.'),
  default: doc('{{default value … "last resort"}}', '{{default person.nickname person.name "friend"}}', 'Haneul', 'The first value that is there; the last is what stands when all are missing.', '있는 값 가운데 첫 번째를 씁니다. 모두 없으면 마지막 값을 씁니다.'),
  eq: doc('(eq a b)', '{{#if (eq person.plan "pro")}}yes{{/if}}', 'yes', 'Whether two values are the same.', '두 값이 같은지 확인합니다.'),
  ne: doc('(ne a b)', '{{#if (ne person.plan "free")}}yes{{/if}}', 'yes', 'Whether two values differ.', '두 값이 다른지 확인합니다.'),
  gt: doc('(gt a b)', '{{#if (gt person.price 10000)}}yes{{/if}}', 'yes', 'Whether the first number or date is greater.', '첫 번째 숫자나 날짜가 더 큰지 확인합니다.'),
  gte: doc('(gte a b)', '{{#if (gte person.price 29000)}}yes{{/if}}', 'yes', 'Whether the first number or date is greater or the same.', '첫 번째 숫자나 날짜가 크거나 같은지 확인합니다.'),
  lt: doc('(lt a b)', '{{#if (lt person.score 1)}}yes{{/if}}', 'yes', 'Whether the first number or date is smaller.', '첫 번째 숫자나 날짜가 더 작은지 확인합니다.'),
  lte: doc('(lte a b)', '{{#if (lte person.seats 1)}}yes{{/if}}', 'yes', 'Whether the first number or date is smaller or the same.', '첫 번째 숫자나 날짜가 작거나 같은지 확인합니다.'),
  and: doc('(and a b …)', '{{#if (and person.name person.plan)}}yes{{/if}}', 'yes', 'Whether all values are there.', '모든 값이 있는지 확인합니다.'),
  or: doc('(or a b …)', '{{#if (or person.vip person.plan)}}yes{{/if}}', 'yes', 'Whether one of the values is there.', '값이 하나라도 있는지 확인합니다.'),
  not: doc('(not value)', '{{#if (not person.vip)}}yes{{/if}}', 'yes', 'Turns yes and no around.', '참과 거짓을 뒤집습니다.'),
  contains: doc('(contains list value)', '{{#if (contains person.interests "chat")}}yes{{/if}}', 'yes', 'Whether a list has an item, or a text a part.', '목록에 항목이 있는지, 또는 글에 그 부분이 있는지 확인합니다.'),
  upper: doc('{{upper value}}', '{{upper person.plan}}', 'PRO', 'In capital letters.', '대문자로 바꿉니다.'),
  lower: doc('{{lower value}}', '{{lower person.name}}', 'haneul', 'In small letters.', '소문자로 바꿉니다.'),
  capitalize: doc('{{capitalize value}}', '{{capitalize person.plan}}', 'Pro', 'The first letter as a capital.', '첫 글자를 대문자로 바꿉니다.'),
  truncate: doc('{{truncate value length}}', '{{truncate person.name 4}}', 'Han…', 'No more than so many characters as they are seen.', '보이는 글자 수를 기준으로 길이를 줄입니다.'),
  date: doc('{{date value "style" zone="Area/City"}}', '{{date person.trialEndsAt "datetime"}}', ['March 30, 2026 at 5:30 AM', '2026년 3월 30일 오전 5:30'], 'A date in the language and zone of the person; styles: short, medium, long, full, time, datetime, weekday, monthday, month, year.', '받는 사람의 언어와 시간대로 날짜를 표시합니다. 형식: short, medium, long, full, time, datetime, weekday, monthday, month, year.'),
  number: doc('{{number value digits=1 style="percent"}}', '{{number person.score style="percent" digits=1}}', '25.6%', 'A number as the language of the person writes it; styles: decimal, percent, compact.', '받는 사람의 언어에 맞게 숫자를 표시합니다. 형식: decimal, percent, compact.'),
  money: doc('{{money value "KRW" digits=0}}', '{{money person.price "KRW"}}', '₩29,000', 'An amount with its currency.', '금액을 통화와 함께 표시합니다.'),
  plural: doc('{{plural n "item" "items"}} or {{plural n one="…" few="…" other="…"}}', '{{person.seats}} {{plural person.seats "seat" "seats"}}', '1 seat', 'The form that fits a number, by the rules of the language; ordinal=true for 1st, 2nd. Korean has only "other".', '언어 규칙에 따라 숫자에 맞는 형태를 고릅니다. 서수는 ordinal=true를 씁니다. 한국어에는 other만 있습니다.'),
  join: doc('{{join list ", "}}', '{{join person.interests " / "}}', 'boards / calendar / chat', 'The items with a text between them.', '항목 사이에 글자를 넣어 잇습니다.'),
  list: doc('{{list list or=true}}', '{{list person.interests}}', ['boards, calendar, and chat', 'boards, calendar 및 chat'], 'The items as the language lists them.', '언어에 맞게 항목을 나열합니다.'),
  count: doc('{{count list}}', '{{count person.interests}}', '3', 'How many items a list has; none when it is missing.', '목록의 항목 수입니다. 목록이 없으면 0입니다.'),
  limit: doc('(limit list n)', '{{#each (limit person.interests 2) as |item|}}[{{item}}]{{/each}}', '[boards][calendar]', 'The first items of a list.', '목록의 앞쪽 항목만 씁니다.'),
  josa: doc('{{josa word "은/는"}}', '{{josa "하늘" "은/는"}}', '하늘은', 'A Korean word with the particle that fits its ending.', '받침에 맞는 조사를 붙입니다.'),
  urlencode: doc('{{urlencode value}}', 'https://example.com/?n={{urlencode person.address.city}}', 'https://example.com/?n=Seoul', 'A value as part of a web address.', '값을 웹 주소의 일부로 쓸 수 있게 바꿉니다.'),
};
