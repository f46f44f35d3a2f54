import { Badge, ColorInput, Group, Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SLOTS_OF } from '../../../../src/contract/in-app-formats.ts';
import { contrast, LEAST_CONTRAST, LIGHT, readableOn } from '../../../../src/delivery/content/domain/contrast.ts';
import { useFormat } from '../../lib/format.ts';
import type { InAppContent } from './content.ts';
import type { At } from './place.ts';

type Theme = NonNullable<InAppContent['theme']>;
type Colour = 'accent' | 'background' | 'text';
const ACCENT = '#2f56e6';
const STATED = { accent: ACCENT, background: LIGHT.background, text: LIGHT.text } as const;
const WHOLE = /^#[0-9a-f]{6}$/i;

/** Colours, with what can be read on them, and the place on the page. */
export function Look({ value, readOnly, at, onChange }: { value: InAppContent; readOnly: boolean; at: At; onChange(value: InAppContent): void }) {
  const { t } = useTranslation();
  const { theme = { dark: false }, format } = value;
  const put = (change: Partial<Theme>) => {
    const next = { ...theme, ...change };
    const kept = Object.fromEntries(Object.entries(next).filter(([, one]) => one !== undefined)) as unknown as Theme;
    const { theme: _before, ...rest } = value;
    onChange(Object.keys(kept).length === 1 && !kept.dark ? rest : { ...rest, theme: kept });
  };
  const places = SLOTS_OF[format];
  return (
    <Stack gap="sm" component="section" aria-label={t('inApp.look')}>
      <Text fw={600}>{t('inApp.look')}</Text>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        {(['accent', 'background', 'text'] as const).map((name) => <ColourField key={name} name={name} value={theme[name]} readOnly={readOnly} error={at(`theme.${name}`)} onChange={(colour) => { put({ [name]: colour }); }} />)}
      </SimpleGrid>
      <Readable theme={theme} />
      <Switch label={t('inApp.dark')} checked={theme.dark} disabled={readOnly} onChange={(event) => { put({ dark: event.currentTarget.checked }); }} />
      {places.length > 1 && <Select label={t('inApp.slot')} w={220} allowDeselect={false} disabled={readOnly} error={at('slot')} value={value.slot ?? places[0]!} data={places.map((one) => ({ value: one, label: t(`inApp.slots.${one}`) }))} onChange={(next) => { if (next) onChange({ ...value, slot: next as NonNullable<InAppContent['slot']> }); }} />}
    </Stack>
  );
}

/** A colour half typed is not one yet: it is told when it is whole, or when there is none. */
function ColourField({ name, value, readOnly, error, onChange }: { name: Colour; value: string | undefined; readOnly: boolean; error: string | undefined; onChange(colour: string | undefined): void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <ColorInput
      label={t(`inApp.colours.${name}`)} placeholder={STATED[name]} value={typed ?? value ?? ''} disabled={readOnly} error={error} withEyeDropper={false} fixOnBlur={false} popoverProps={{ withinPortal: true }}
      onChange={(next) => { setTyped(next); if (WHOLE.test(next) || next === '') onChange(next === '' ? undefined : next); }} onBlur={() => { setTyped(null); }}
    />
  );
}

/** Whether words can be read on their background, before publishing refuses it. */
function Readable({ theme }: { theme: Theme }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { accent = ACCENT, background = LIGHT.background, text = LIGHT.text } = theme;
  // As the API rounds it: down, so that 4.49 is not said to be enough.
  const ratio = Math.floor(contrast(background, text) * 10) / 10;
  const isEnough = contrast(background, text) >= LEAST_CONTRAST;
  return (
    <Group gap="sm" component="output">
      <Text span size="sm" px="sm" py={2} style={{ background, color: text, borderRadius: 4, border: '1px solid var(--mantine-color-default-border)' }}>{t('inApp.sampleText')}</Text>
      <Text span size="sm" px="sm" py={2} fw={600} style={{ background: accent, color: readableOn(accent), borderRadius: 4 }}>{t('inApp.sampleButton')}</Text>
      <Badge variant="light" color={isEnough ? 'green' : 'red'}>{t(isEnough ? 'inApp.contrastEnough' : 'inApp.contrastLow', { ratio: format.number(ratio), least: format.number(LEAST_CONTRAST) })}</Badge>
    </Group>
  );
}
