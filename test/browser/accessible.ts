/** What axe finds on a page must be nothing. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** WCAG 2.2 AA, and what axe holds for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** @param part what is checked if the rest has been checked already: a dialog, or a menu with its button */
export async function expectAccessible(page: Page, ...part: readonly string[]): Promise<void> {
  // What passes is told in as few words as there are.
  const builder = new AxeBuilder({ page }).options({ runOnly: RULES, resultTypes: ['violations'] }).setLegacyMode();
  for (const selector of part) builder.include(selector);
  const { violations } = await builder.analyze();
  expect(
    violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`).join(' | ')}`,
    ),
  ).toEqual([]);
}
