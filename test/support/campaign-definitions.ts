/** Small sound definitions for tests of campaigns; every part can be replaced. */
export const EVERYBODY = { type: 'attribute', key: '$kind', op: 'exists' } as const;

export const email = (id: string, next: string | null, change: object = {}) => ({
  id, type: 'message', channel: 'email', variants: [{ key: 'A', content: { subject: '환영합니다', body: '<mj-section><mj-column><mj-text>안녕하세요</mj-text></mj-column></mj-section>' } }], next, ...change,
});

export const inApp = (id: string, change: object = {}) => ({ id, type: 'message', channel: 'in_app', variants: [{ key: 'A', content: { body: '안녕하세요' } }], next: null, ...change });

export const series = (change: object = {}) => ({
  type: 'series', entry: { type: 'event', event: 'Signed Up' }, goals: [{ key: 'active', name: '활성 사용자', event: { name: 'Project Created' } }], start: 'a', steps: [email('a', null)], ...change,
});

export const broadcast = (change: object = {}) => ({
  type: 'broadcast', goals: [{ key: 'bought', name: '구매', event: { name: 'Order Completed' } }], message: inApp('message'), ...change,
});

/** Displayed on pricing pages after 90 seconds of attention. */
export const autoMessage = ({ display = {}, ...change }: { display?: object; [part: string]: unknown } = {}) => ({
  type: 'auto_message', display: { page: { include: [{ pattern: '/pricing/**' }] }, trigger: { type: 'dwell', seconds: 90 }, ...display },
  goals: [{ key: 'bought', name: '구매', event: { name: 'Order Completed' } }], message: inApp('message'), ...change,
});
