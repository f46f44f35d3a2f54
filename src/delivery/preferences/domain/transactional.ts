/**
 * Why a message is no advertising and may go without marketing consent. Whoever makes a transactional topic names one of these; the
 * cases are those of the KISA guide (불법 스팸 방지를 위한 정보통신망법 안내서, 영리목적의 광고성 정보의 예외), the bases those of GDPR Art. 6(1).
 */
export const TRANSACTIONAL_REASONS = {
  contract: { en: 'needed to carry out a contract with the person', ko: '수신자와 체결한 계약의 이행', basis: 'GDPR Art. 6(1)(b); KISA guide: facilitating, completing or confirming an agreed transaction' },
  receipt: { en: 'receipt, invoice or state of an order or payment', ko: '주문·결제의 영수증, 청구서, 진행 상태 안내', basis: 'GDPR Art. 6(1)(b); KISA guide: confirming an agreed transaction' },
  account_security: { en: 'security of the account: sign-in, password, suspicious use', ko: '로그인, 비밀번호, 이상 접속 등 계정 보안', basis: 'GDPR Art. 6(1)(f); KISA guide: safety and security information about a service in use' },
  service_change: { en: 'change of terms, price or features of a service in use', ko: '이용 중인 서비스의 약관·요금·기능 변경 안내', basis: 'GDPR Art. 6(1)(b); KISA guide: change of terms or features of a service in use' },
  warranty_recall: { en: 'warranty, recall or safety of something bought', ko: '구매한 상품의 보증, 리콜, 안전 안내', basis: 'GDPR Art. 6(1)(c); KISA guide: warranty, recall and safety information' },
  requested: { en: 'the person asked for exactly this once', ko: '수신자가 직접 요청한 1회성 정보', basis: 'GDPR Art. 6(1)(b); KISA guide: one-time information on request' },
  legal_notice: { en: 'a notice that a law demands', ko: '법령에 따른 고지·통지', basis: 'GDPR Art. 6(1)(c)' },
} as const;
export type TransactionalReason = keyof typeof TRANSACTIONAL_REASONS;

/** Their names, for schemas. */
export const TRANSACTIONAL_REASON_KEYS = Object.keys(TRANSACTIONAL_REASONS) as [TransactionalReason, ...TransactionalReason[]];
