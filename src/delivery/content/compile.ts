import type { Channel, EmailContent, InAppContent } from '../../contract/message.js';
import { AppError, type Problem } from '../../kernel/errors.js';
import type { CompiledInApp, CompiledMessage } from './compiled.js';
import { check, compileEmail, type Checked } from './email-compile.js';
import { storedSource } from './template-check.js';
import { asciiTarget } from './targets.js';

/**
 * Compiles what an author wrote into what is stored and rendered. Once per variant and language, never per recipient.
 * Throws `message.invalid`; each problem names the field and, inside a template, line and column.
 */
export async function compileMessage(channel: Channel, content: EmailContent | InAppContent): Promise<CompiledMessage> {
  const result = channel === 'email' ? await compileEmail(content as EmailContent) : compileInApp(content as InAppContent);
  if ('value' in result) return result.value;
  const [first] = result.problems;
  throw new AppError('message.invalid', `The message can not be used: ${first!.path}: ${first!.message}${result.problems.length > 1 ? ` (and ${result.problems.length - 1} more)` : ''}.`, 'invalid', result.problems);
}

function compileInApp(content: InAppContent): Checked<CompiledInApp> {
  const problems: Problem[] = [];
  const stored = (path: string, source: string) => {
    const checked = check(path, source, problems);
    return checked ? storedSource(checked) : '';
  };
  const compiled: CompiledInApp = {
    kind: 'in_app', format: 1,
    display: content.format,
    title: stored('title', content.title),
    body: stored('body', content.body),
    buttons: content.buttons.map((button, index) => {
      if (!button.url.includes('{{') && asciiTarget(button.url) === null) problems.push({ path: `buttons.${index}.url`, code: 'message.bad-link', message: 'a button must lead to http://, https://, mailto: or tel:' });
      return { label: stored(`buttons.${index}.label`, button.label), url: stored(`buttons.${index}.url`, button.url) };
    }),
    ...(content.expiresAfterHours === undefined ? {} : { expiresAfterHours: content.expiresAfterHours }),
    warnings: [],
  };
  return problems.length > 0 ? { problems } : { value: compiled };
}
