import { Button, Menu, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IconPlus } from '../../../ui/icons.ts';
import { BlockCard } from './block-card.tsx';
import type { Block, List } from './content.ts';
import { INNER_KINDS, KINDS, type Kind } from './new-block.ts';

/** What can be done to blocks, the same in every list of them. */
export interface BlockActions {
  readOnly: boolean;
  language: string | undefined;
  open: string | null;
  setOpen(id: string | null): void;
  insert(list: List, index: number, kind: Kind): void;
  move(id: string, by: -1 | 1): void;
  duplicate(id: string): void;
  remove(id: string): void;
  change(id: string, change: Partial<Block>): void;
  /** Blocks that still say what the message itself says. */
  untranslated: readonly string[];
}

/** Blocks from top to bottom, and what can be added below them. */
export function BlockList({ blocks, list, label, actions }: { blocks: readonly Block[]; list: List; label: string; actions: BlockActions }) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      {blocks.length === 0 && <Text size="sm" c="dimmed">{t('messages.block.none')}</Text>}
      <Stack gap="xs" component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label={label}>
        {blocks.map((block, index) => <BlockCard key={block.id} block={block} index={index} count={blocks.length} actions={actions} />)}
      </Stack>
      {!actions.readOnly && (
        <Menu position="bottom-start" withinPortal>
          <Menu.Target><Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} style={{ alignSelf: 'flex-start' }}>{list ? t('messages.block.addTo', { list: label }) : t('messages.block.add')}</Button></Menu.Target>
          <Menu.Dropdown>
            {(list ? INNER_KINDS : KINDS).map((kind) => <Menu.Item key={kind} onClick={() => { actions.insert(list, blocks.length, kind); }}>{t(`messages.block.kinds.${kind}`)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      )}
    </Stack>
  );
}
