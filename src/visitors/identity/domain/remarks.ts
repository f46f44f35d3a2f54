import type { IdentityMode } from '../../../kernel/identity.js';

/** What an owner should know of the mode they have. */
export interface IdentityRemark { code: string; message: string; messageKo: string }

const READERS: IdentityRemark = {
  code: 'identity.anybody-reads',
  message: 'Browsers need not prove who their user is: anybody who has a write key, which your pages show, and knows or guesses the id of a user reads the in-app messages of that user. Let your server prove its users and enforce it before you send anything personal.',
  messageKo: '브라우저가 사용자를 증명하지 않아도 됩니다. 페이지에 공개되는 쓰기 키가 있고 사용자 ID를 알거나 알아맞힌 사람은 누구나 그 사용자의 인앱 메시지를 읽을 수 있습니다. 개인적인 내용을 보내기 전에 서버에서 사용자를 증명하고 본인 확인을 필수(enforce)로 바꾸세요.',
};

/** None where proofs are enforced. To warn only counts: nobody is kept from reading. */
export const remarksOn = (mode: IdentityMode): IdentityRemark[] => (mode === 'enforce' ? [] : [READERS]);
