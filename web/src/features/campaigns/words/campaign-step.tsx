import { Text } from '@mantine/core';
import { TextLink } from '../../../ui/links.tsx';
import { useCampaignWords } from './use-campaign-words.ts';

/** The campaign and the step that a message came from, in a list. */
export function CampaignStep({ campaignId, stepId }: { campaignId: string; stepId: string }) {
  const words = useCampaignWords(campaignId);
  return <><TextLink to="/campaigns/$id" params={{ id: campaignId }} size="sm">{words.name ?? stepId}</TextLink>{words.name !== null && <Text size="xs" c="dimmed">{words.step(stepId)}</Text>}</>;
}
