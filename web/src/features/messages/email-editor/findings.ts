import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { bodyOfBlocks } from '../../../../../src/contract/blocks-to-mjml.ts';
import { ApiProblem, type Api } from '../../../lib/api.ts';
import type en from '../../../i18n/en/index.ts';
import { isOwn, textsIn, type Block, type EmailContent } from './content.ts';

/** Something the server said about a message. */
export interface Finding { severity: 'error' | 'warning'; code: string; said: string; /** The same in Korean, where the server has it. */ saidKo: string | undefined; language: string | undefined; /** `subject`, `preheader`, `body`, `text`, or the field of a block. */ field: string; block: string | null }

type Code = keyof (typeof en)['messages']['findings'];

/** Those of the language that is open. */
export const Findings = createContext<readonly Finding[]>([]);
export const useFindings = (field: string, block: string | null = null): Finding[] => useContext(Findings).filter((one) => one.block === block && (block !== null || one.field === field));

/** What somebody reads of a finding: our words where we have them, else the server's. */
export function useSaid(): (finding: Finding) => string {
  const { t, i18n } = useTranslation();
  return ({ code, said, saidKo }) => {
    const key = code.replaceAll('.', '_');
    const detail = /^[\w.]+: (.*?)(?: has no value| does not lead to .*)?$/s.exec(said)?.[1] ?? said;
    return i18n.exists(`messages.findings.${key}`) ? t(`messages.findings.${key as Code}`, { detail }) : i18n.language === 'ko' ? saidKo ?? said : said;
  };
}

/** The block at a place such as `3.left.1.href`, and what follows the place. */
function blockAt(blocks: readonly Block[], place: string): { block: string; field: string } | null {
  const [, top, side, index, rest = ''] = /^(\d+)(?:\.(left|right)\.(\d+))?(?:\.(.*))?$/.exec(place) ?? [];
  const block = blocks[Number(top)];
  const found = side === undefined ? block : block?.type === 'columns' ? block[side as 'left' | 'right'][Number(index)] : undefined;
  return found ? { block: found.id, field: rest } : null;
}

interface Raw { path: string; code: string; message: string; messageKo?: string | undefined }

function placed(content: EmailContent, severity: Finding['severity'], { path, code, message, messageKo }: Raw, shown: string | undefined): Finding {
  const [, language, rest = path] = /^translations\.([^.]+)\.(.*)$/.exec(path) ?? [];
  // What is wrong for this person alone names no language: it is that of the text they read.
  const at = language ?? (/^[A-Z_]+$/.test(code) || code === 'message.long-subject' ? shown : undefined);
  const blocks = textsIn(content, at).blocks;
  const inBlock = rest.startsWith('blocks.') && blocks ? blockAt(blocks, rest.slice(7)) : null;
  const missing = code === 'RENDER_MISSING_VAR' && rest === 'body' ? /: (\S+) has no value/.exec(message)?.[1] : undefined;
  const naming = missing && blocks?.find((block) => bodyOfBlocks([block]).includes(missing));
  return { severity, code, said: message, saidKo: messageKo, language: at, field: inBlock?.field ?? rest, block: inBlock?.block ?? (naming ? naming.id : null) };
}

/** Everything that a preview says, each at its place. */
export function findingsOf(content: EmailContent, preview: Api<'Preview'>): Finding[] {
  const shown = preview.language ?? undefined;
  const at = isOwn(content, shown) ? undefined : shown;
  return [
    ...preview.problems.map((one) => placed(content, 'error', one, at)),
    ...preview.lint.map((one) => placed(content, one.severity, one, at)),
    ...preview.warnings.map((one) => placed(content, 'warning', one, at)),
  ];
}

/** What the server refused to look at at all. */
export const findingsOfRefusal = (content: EmailContent, error: unknown): Finding[] =>
  (error instanceof ApiProblem ? error.problems.map(({ path, message }) => placed(content, 'error', { path: path.replace(/^content\./, ''), code: 'invalid', message: `${path.replace(/^content\./, '')}: ${message}` }, undefined)) : []);
