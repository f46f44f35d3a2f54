import { Button, Group, PasswordInput, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Api } from '../../../lib/api.ts';
import type { Secret } from '../kit/parts.tsx';
import { SaveBar, useSavedForm } from '../kit/saved-form.tsx';

type Source = Api<'Source'>;
type ProofKind = Source['proof']['kind'];
const KINDS = ['shopify', 'stripe', 'json', 'csv', 'postgres'] as const;
const PROOFS = ['address', 'bearer', 'hmac', 'standard'] as const;
const SECRET_BYTES = 24;

/** What is asked on a schedule is a source of JSON whose bodies we fetch. */
const isAsked = (kind: Values['kind']): kind is 'csv' | 'postgres' => kind === 'csv' || kind === 'postgres';
export interface Made { id: string; secret: Secret | null; ask?: 'csv' | 'postgres' }

type Values = { kind: (typeof KINDS)[number]; name: string; proof: ProofKind; header: string; encoding: 'hex' | 'base64'; secret: string };

export const proofOf = ({ proof, header, encoding }: Pick<Values, 'proof' | 'header' | 'encoding'>): Source['proof'] => (proof === 'hmac' ? { kind: proof, header, encoding } : { kind: proof });

/** A secret nobody guesses, as Standard Webhooks writes them. */
function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}

/** Adds a source. A secret that was made here is shown once more, to be copied to the other system. */
export function SourceForm({ onDone }: { onDone(made: Made | null): void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { form, submit, ...state } = useSavedForm<Values>({
    initial: { kind: 'shopify', name: '', proof: 'standard', header: 'x-signature', encoding: 'hex', secret: '' }, inDialog: true, places: { 'proof.header': 'header' },
    checks: { name: (value) => (value.trim() === '' ? t('settings.required') : null) },
    save: async (values) => {
      const { kind, name, secret } = values;
      if (isAsked(kind)) {
        // Without a secret nobody can post to it.
        const asked = await answer(api.POST('/v1/sources', { body: { kind: 'json', name, proof: { kind: 'bearer' } } as never }));
        void queries.invalidateQueries({ queryKey: ['sources'] });
        onDone({ id: asked.id, secret: null, ask: kind });
        return;
      }
      const isSecret = secret.trim() !== '' && !(kind === 'json' && values.proof === 'address');
      const made = await answer(api.POST('/v1/sources', { body: { kind, name, ...(kind === 'json' ? { proof: proofOf(values) } : {}), ...(isSecret ? { secret: secret.trim() } : {}) } as never }));
      void queries.invalidateQueries({ queryKey: ['sources'] });
      onDone({ id: made.id, secret: isSecret && kind === 'json' ? { title: made.name, name: t('sources.secret'), value: secret.trim(), hint: t('sources.secretOnce') } : null });
    },
  });
  const { kind, proof } = form.values;
  const asksSecret = kind !== 'json' || proof !== 'address';
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Select label={t('sources.kind')} description={t(`sources.kindHints.${kind}`)} allowDeselect={false} data={KINDS.map((value) => ({ value, label: t(`sources.kinds.${value}`) }))} {...form.getInputProps('kind')} />
        <TextInput data-autofocus label={t('settings.name')} maxLength={200} {...form.getInputProps('name')} />
        {kind === 'json' && <ProofFields proof={proof} kind={form.getInputProps('proof')} header={form.getInputProps('header')} encoding={form.getInputProps('encoding')} />}
        {asksSecret && !isAsked(kind) && <SecretField kind={kind} input={form.getInputProps('secret')} onMake={kind === 'json' ? () => { form.setFieldValue('secret', newSecret()); } : null} />}
        <SaveBar {...state} label={t('sources.add')} onCancel={() => { onDone(null); }} />
      </Stack>
    </form>
  );
}

/** How bodies of any system prove where they come from. */
export function ProofFields({ proof, kind, header, encoding }: { proof: ProofKind; kind: object; header: object; encoding: object }) {
  const { t } = useTranslation();
  return (
    <>
      <Select label={t('sources.proof')} description={t(`sources.proofHints.${proof}`)} allowDeselect={false} data={PROOFS.map((value) => ({ value, label: t(`sources.proofs.${value}`) }))} {...kind} />
      {proof === 'hmac' && (
        <Group grow align="flex-start">
          <TextInput label={t('sources.header')} maxLength={60} {...header} />
          <Select label={t('sources.encoding')} allowDeselect={false} data={['hex', 'base64']} {...encoding} />
        </Group>
      )}
    </>
  );
}

export function SecretField({ kind, input, onMake }: { kind: Source['kind']; input: object; onMake: (() => void) | null }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="xs">
      <PasswordInput style={{ flex: '1 1 220px' }} label={t('sources.secret')} description={t(`sources.secretHints.${kind}`)} autoComplete="off" visibilityToggleButtonProps={{ 'aria-label': t('settings.me.show') }} {...input} />
      {onMake && <Button variant="default" onClick={onMake}>{t('sources.makeSecret')}</Button>}
    </Group>
  );
}
