import { Kbd, Modal, Table } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { GOES } from './keys.ts';

/** Every key there is, opened with `?`. */
export default function ShortcutHelp({ onClose }: { onClose(): void }) {
  const { t } = useTranslation();
  const rows = [
    { keys: ['Ctrl', 'K'], text: t('keys.palette') },
    { keys: ['/'], text: t('keys.search') },
    { keys: ['N'], text: t('keys.new') },
    { keys: ['?'], text: t('keys.help') },
    { keys: ['Ctrl', 'Enter'], text: t('keys.review') },
    { keys: ['P'], text: t('keys.walk') },
    { keys: ['T'], text: t('keys.test') },
    { keys: ['[', ']'], text: t('keys.person') },
    { keys: ['Ctrl', 'Z'], text: t('keys.undo') },
    ...GOES.map(({ letter, key }) => ({ keys: ['G', letter], text: t('keys.go', { place: t(`nav.${key}`) }) })),
  ];
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} closeButtonProps={{ 'aria-label': t('confirm.close') }}>
      <Table>
        <Table.Tbody>
          {rows.map(({ keys, text }) => <Table.Tr key={text}><Table.Th scope="row" fw={400}>{text}</Table.Th><Table.Td ta="right">{keys.map((key, index) => <span key={key}>{index > 0 && ' '}<Kbd>{key}</Kbd></span>)}</Table.Td></Table.Tr>)}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
