import type { Sentences } from './sentences.js';

/** Systems that send us what happens there, and their mappings. */
export const SOURCES: Sentences = {
  'This source has no secret yet, so nothing can be proven.': '아직 비밀 키가 없어서 보낸 곳을 확인할 수 없어요.',
  'The signature or secret does not fit this source.': '서명이나 비밀 키가 맞지 않아요.',
  'The signature is too old, or from the future.': '서명 시각이 너무 오래되었거나 미래예요.',
  'The body is not JSON that can be read.': '읽을 수 있는 JSON이 아니에요.',
  'A body must not be larger than {limit} bytes.': '본문은 {limit}바이트를 넘을 수 없어요.',
  'Somebody else changed this source; it is at revision {revision} now. Load it again.': '다른 사람이 이 연결을 바꿨어요. 다시 불러와 주세요.',
  'Too many requests were refused; wait a minute.': '거절된 요청이 너무 많아요. 잠시 후 다시 시도해 주세요.',
  'Two secrets are valid already; remove one first.': '비밀 키가 이미 두 개예요. 먼저 하나를 지우세요.',
  'body: there is nothing to try.': '시험할 내용이 없어요.',
  'there is nothing to try': '시험할 내용이 없어요.',
  'at most {most} fields': '항목은 {most}개까지 쓸 수 있어요.',
  'must say where the user id, the e-mail or the browser id stands': '고객 아이디, 이메일, 브라우저 아이디 중 하나가 어디에 있는지 적어 주세요.',
  'must make an event or set attributes': '이벤트를 만들거나 속성을 정해야 해요.',
  'makes more than {most} messages of one body; the rest was left out': '한 번에 {most}개보다 많은 메시지가 만들어져서 나머지는 뺐어요.',
  'nobody is named: neither user id nor e-mail nor browser id has a value': '누구인지 알 수 없어요. 고객 아이디, 이메일, 브라우저 아이디가 모두 비어 있어요.',
  'is no moment; the time of arrival is used': '시각이 아니어서 받은 시각을 썼어요.',
  'is neither a text nor a number': '글도 숫자도 아니에요.',
  'could not be read': '읽을 수 없었어요.',
  'is no number': '숫자가 아니에요.',
  'is no time in seconds': '초 단위 시각이 아니에요.',
  'must have at least {least} characters': '{least}자 이상이어야 해요.',
  'several people have this e-mail, and no user id is given': '이 이메일을 쓰는 고객이 여럿이고 고객 아이디가 없어요.',
  'nobody is known by this e-mail, and no user id is given': '이 이메일을 쓰는 고객이 없고 고객 아이디도 없어요.',
  'is no JMESPath expression: {fault}': 'JMESPath 식이 아니에요: {fault}',
};
