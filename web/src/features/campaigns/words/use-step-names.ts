import { messagesOf } from '../launch/sends.tsx';
import { useFlowWords, type Definition, type Step } from './use-flow-words.ts';

/** The steps of a definition by their words, for lists and filters; one that is not in it any more has its id. @param chosen is among the choices in any case */
export function useStepNames(definition: Definition, chosen: string | undefined): { nameOf(stepId: string): string; choices: { value: string; label: string }[] } {
  const words = useFlowWords();
  const steps: Step[] = definition.type === 'series' ? definition.steps ?? [] : messagesOf(definition);
  const nameOf = (stepId: string) => { const step = steps.find((one) => one.id === stepId); return step ? words.step(step) : stepId; };
  const ids = steps.map(({ id }) => id);
  return { nameOf, choices: [...ids, ...(chosen !== undefined && !ids.includes(chosen) ? [chosen] : [])].map((value) => ({ value, label: nameOf(value) })) };
}
