import type { SequenceCondition, SequenceStep } from '../../../contract/segment-conditions.js';
import { rowsInWords } from './event.js';
import { named, quoted, regular, spans, verb, type LeafWords } from './words.js';

export const sequenceWords: LeafWords<SequenceCondition> = {
  english({ steps, within }) {
    const [first, ...later] = steps as [SequenceStep, ...SequenceStep[]];
    const start = `${quoted(first.event)}${rowsInWords({ ...first, within }).en}`;
    return `${start} ${later.map((step, index) => `${english(step, index)}${step.within ? ` within ${spans(step.within).en}` : ''}`).join(' and then ')}`;
  },
  korean({ steps, within }, ending) {
    const done = steps.at(-1)!.not ? regular('하지 않', '하지 않은') : verb('했고', '했거나', '한');
    return `${within ? `최근 ${spans(within).ko} 동안 ` : ''}${steps.map((step, index) => korean(step, index, index === steps.length - 1)).join('')} ${done[ending]}`;
  },
};

function english(step: SequenceStep, index: number): string {
  const event = `by ${quoted(step.event)}${rowsInWords({ event: step.event, where: step.where }).en}`;
  return `${index === 0 ? 'was ' : ''}${step.not ? 'not ' : ''}${index === 0 ? 'followed ' : ''}${event}`;
}

/** "‘가입’", " 후 7일 안에 ‘장바구니’", ", 그 후 1일 안에 ‘구매’를". */
function korean(step: SequenceStep, index: number, isLast: boolean): string {
  const after = index === 0 ? '' : `${index === 1 ? ' 후' : ', 그 후'} ${step.within ? `${spans(step.within).ko} 안에 ` : ''}`;
  return `${after}${rowsInWords({ event: step.event, where: step.where }).ko}${isLast ? named(step.event, '을/를') : `‘${step.event}’`}`;
}
