import { Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Endpoint = Api<'WebhookEndpoint'>;

type Values = { kind: Endpoint['kind']; name: string; description: string; url: string; headers: string };

/** `Name: value`, one a line. */
const headersOf = (text: string) => Object.fromEntries(text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => { const at = line.indexOf(':'); return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]; }));

/** Where to deliver and as what. Values of headers are never shown again; a field that is left empty keeps them. */
export function EndpointForm({ endpoint, onDone }: { endpoint: Endpoint | null; onDone(made: Api<'WebhookEndpointWithSecret'> | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { kind: endpoint?.kind ?? 'standard', name: endpoint?.name ?? '', description: endpoint?.description ?? '', url: endpoint?.url ?? '', headers: '' }, inDialog: true,
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null), url: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async ({ kind, name, description, url, headers }) => {
      const more = { name, description, ...(headers.trim() === '' ? {} : { headers: headersOf(headers) }) };
      const again = () => Promise.all(['webhook-endpoints', 'webhook-endpoint'].map((key) => queries.invalidateQueries({ queryKey: [key] })));
      if (endpoint) {
        // The path of a chat's address is its secret: it is shown cut and sent only when it is another one.
        await api.PATCH('/v1/webhook-endpoints/{id}', { params: { path: { id: endpoint.id } }, body: { ...more, ...(url === endpoint.url ? {} : { url: url.trim() }) } });
        await again();
        onDone(null);
      } else {
        const made = await answer(api.POST('/v1/webhook-endpoints', { body: { kind, url: url.trim(), ...more } }));
        void again();
        onDone(made);
      }
    },
  });
  const { kind } = form.values;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {endpoint === null && <Select label={t('webhooks.kind')} allowDeselect={false} data={(['standard', 'jandi', 'slack'] as const).map((value) => ({ value, label: t(`webhooks.kinds.${value}`) }))} {...form.getInputProps('kind')} />}
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        <TextInput label={t('webhooks.url')} description={t(`webhooks.urlHints.${kind}`)} placeholder="https://" maxLength={2000} {...form.getInputProps('url')} />
        <TextInput label={t('webhooks.description')} maxLength={1000} {...form.getInputProps('description')} />
        {kind === 'standard' && <Textarea label={t('webhooks.headers')} description={endpoint && endpoint.headerNames.length > 0 ? t('webhooks.headersKeep', { names: endpoint.headerNames.join(', ') }) : t('webhooks.headersHint')} placeholder="X-Tenant: danbi" autosize minRows={2} {...form.getInputProps('headers')} />}
        <SaveBar {...state} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}
