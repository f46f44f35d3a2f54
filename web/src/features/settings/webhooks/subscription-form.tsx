import { Checkbox, MultiSelect, PasswordInput, Select, SimpleGrid, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Subscription = Api<'EventSubscription'>;
const KINDS = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed', 'refused', 'uncertain', 'displayed', 'dismissed', 'replied', 'goal'] as const;
const USUAL: Subscription['kinds'] = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'complained', 'unsubscribed'];

type Values = { format: Subscription['format']; kinds: string[]; campaignIds: string[]; writeKey: string };

/** Which events, of which campaigns, in which format. */
export function SubscriptionForm({ id, subscription, onDone }: { id: string; subscription: Subscription | null; onDone(): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const campaigns = useQuery({ queryKey: ['campaigns', 'names'], queryFn: () => answer(api.GET('/v1/campaigns', { params: { query: { limit: 200 } } })), staleTime: 60_000 });
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { format: subscription?.format ?? 'danbi', kinds: subscription?.kinds ?? USUAL, campaignIds: subscription?.campaignIds ?? [], writeKey: '' }, inDialog: true,
    checks: { kinds: (value) => (value.length === 0 ? t('settings.required') : null) },
    save: async ({ format, kinds, campaignIds, writeKey }) => {
      await answer(api.PUT('/v1/webhook-endpoints/{id}/subscription', { params: { path: { id } }, body: { format, kinds: kinds as Subscription['kinds'], campaignIds: campaignIds.length === 0 ? null : campaignIds, ...(format === 'segment' && writeKey.trim() !== '' ? { writeKey: writeKey.trim() } : {}) } }));
      await queries.invalidateQueries({ queryKey: ['event-subscription', id] });
      onDone();
    },
  });
  const { format } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Checkbox.Group label={t('webhooks.events.kindsLabel')} {...form.getInputProps('kinds')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs" mt="xs">{KINDS.map((kind) => <Checkbox key={kind} value={kind} label={t(`webhooks.events.kinds.${kind}`)} />)}</SimpleGrid>
        </Checkbox.Group>
        <MultiSelect label={t('webhooks.events.campaigns')} description={t('webhooks.events.campaignsHint')} searchable data={(campaigns.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))} {...form.getInputProps('campaignIds')} />
        <Select label={t('webhooks.events.format')} allowDeselect={false} data={(['danbi', 'segment'] as const).map((value) => ({ value, label: t(`webhooks.events.formats.${value}`) }))} {...form.getInputProps('format')} />
        {format === 'segment' && <PasswordInput label={t('webhooks.events.writeKey')} description={t('webhooks.events.writeKeyHint')} autoComplete="off" visibilityToggleButtonProps={{ 'aria-label': t('settings.me.show') }} {...form.getInputProps('writeKey')} />}
        <SaveBar {...state} onCancel={onDone} />
      </Stack>
    </form>
  );
}
