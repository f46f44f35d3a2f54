import type { Step } from '../../contract/campaign-steps.js';
import type { PublishedDefinition } from './published.js';
import type { Sentence } from './sentences.js';

const KINDS: Record<string, Sentence> = {
  email: { en: 'E-mail', ko: '이메일' }, in_app: { en: 'In-app message', ko: '인앱 메시지' }, webhook: { en: 'Webhook', ko: '웹훅' }, chat: { en: 'Team notice', ko: '팀 알림' },
  wait: { en: 'Wait', ko: '대기' }, wait_until: { en: 'Wait for', ko: '조건 대기' }, branch: { en: 'Branch', ko: '분기' }, split: { en: 'Split', ko: '분할' }, action: { en: 'Action', ko: '작업' }, exit: { en: 'Exit', ko: '종료' },
};

/** Steps as people call them: by their name, else by their kind and place among its like, in the order written ("Wait 2"). */
export function stepLabels({ definition, steps }: Pick<PublishedDefinition, 'definition' | 'steps'>): ReadonlyMap<string, Sentence> {
  const written: readonly Step[] = definition.type === 'series' ? definition.steps : Object.values(steps);
  const seen = new Map<string, number>();
  return new Map(written.map((step): [string, Sentence] => {
    const kind = step.type === 'message' ? step.channel : step.type;
    const place = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, place);
    if (step.type === 'message' && step.name !== '') return [step.id, { en: step.name, ko: step.name }];
    return [step.id, { en: `${KINDS[kind]!.en} ${place}`, ko: `${KINDS[kind]!.ko} ${place}` }];
  }));
}
