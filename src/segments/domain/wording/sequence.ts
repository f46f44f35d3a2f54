import type { SequenceCondition, SequenceStep } from '../../../contract/segment-conditions.js';
import { rowsInWords } from './event.js';
import { labelOf, named, quoted, regular, spans, verb, type LeafWords, type Names } from './words.js';

export const sequenceWords: LeafWords<SequenceCondition> = {
  english({ steps, within }, names) {
    const [first, ...later] = steps as [SequenceStep, ...SequenceStep[]];
    const start = `${quoted(labelOf(names, 'event', first.event).en)}${rowsInWords({ ...first, within }).en}`;
    return `${start} ${later.map((step, index) => `${english(step, index, names)}${step.within ? ` within ${spans(step.within).en}` : ''}`).join(' and then ')}`;
  },
  korean({ steps, within }, ending, names) {
    const done = steps.at(-1)!.not ? regular('하지 않', '하지 않은') : verb('했고', '했거나', '한');
    return `${within ? `최근 ${spans(within).ko} 동안 ` : ''}${steps.map((step, index) => korean(step, index, index === steps.length - 1, names)).join('')} ${done[ending]}`;
  },
};

function english(step: SequenceStep, index: number, names: Names): string {
  const event = `by ${quoted(labelOf(names, 'event', step.event).en)}${rowsInWords({ event: step.event, where: step.where }).en}`;
  return `${index === 0 ? 'was ' : ''}${step.not ? 'not ' : ''}${index === 0 ? 'followed ' : ''}${event}`;
}

/** "‘가입’", " 후 7일 안에 ‘장바구니’", ", 그 후 1일 안에 ‘구매’를". */
function korean(step: SequenceStep, index: number, isLast: boolean, names: Names): string {
  const event = labelOf(names, 'event', step.event).ko;
  const after = index === 0 ? '' : `${index === 1 ? ' 후' : ', 그 후'} ${step.within ? `${spans(step.within).ko} 안에 ` : ''}`;
  return `${after}${rowsInWords({ event: step.event, where: step.where }).ko}${isLast ? named(event, '을/를') : `‘${event}’`}`;
}
