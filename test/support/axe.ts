import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules of axe that look at colours. */
export const COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * All that axe finds, of whatever weight, best practices too; `[]` is what everybody wants. What stands in a frame is not the
 * dashboard's (e-mails, the site's message) and is looked at where it is made.
 * @param within what is looked at
 * @param rules only these
 */
export async function axeFindings(page: Page, within = 'html', rules: readonly string[] | null = null): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axeSource);
  const options = { preload: false, resultTypes: ['violations'], iframes: false, ...(rules ? { runOnly: rules } : {}) };
  return (await page.evaluate(`axe.run('${within}', ${JSON.stringify(options)}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary.slice(0, 300))))`)) as string[];
}
