import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../lib/api.ts';
import { saidTemplate } from '../../../lib/templates.ts';
import { openingOf } from './opening.ts';
import { useFlowWords, type Step } from './use-flow-words.ts';

type Named = Partial<Step> & { name?: string; variants?: readonly { content?: unknown }[] };

export interface CampaignWords {
  /** Null until it is known. */
  name: string | null;
  /** A step as its author calls it: its name, else how its message begins or what it does; its id when there is no such step any more. */
  step(stepId: string): string;
}

/** What a campaign and its steps are called, where results and deliveries know only their ids. */
export function useCampaignWords(campaignId: string): CampaignWords {
  const words = useFlowWords();
  const { data } = useQuery({ queryKey: ['campaign', campaignId], queryFn: () => answer(api.GET('/v1/campaigns/{id}', { params: { path: { id: campaignId } } })), staleTime: 60_000 });
  const { steps = [], message } = (data?.definition ?? {}) as { steps?: readonly Named[]; message?: Named | null };
  return {
    name: data?.name ?? null,
    step: (stepId) => {
      const id = stepId.split('~', 1)[0]!;
      const step = message && id === (message.id ?? 'message') ? message : steps.find((one) => one.id === id);
      if (!step) return stepId;
      return step === message || step.type === 'message' ? saidTemplate(step.name || openingOf(step.variants?.[0]?.content)) || stepId : words.step(step as Step);
    },
  };
}
