/** What to do with a token, ready to be copied, a tab each. */
import { Tabs } from '@mantine/core';
import { CopyBlock } from '../components/copy-field.js';
import { Stack } from '../components/page.js';
import { snippetsFor, type SnippetContext } from './snippets.js';

export function SnippetTabs({ context }: { readonly context: SnippetContext }) {
  const snippets = snippetsFor(context);
  return (
    <Tabs defaultValue={snippets[0]?.key ?? ''} keepMounted={false} variant="default">
      <Tabs.List aria-label="Ready to use">
        {snippets.map(({ key, title }) => (
          <Tabs.Tab key={key} value={key}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ key, blocks }) => (
        <Tabs.Panel key={key} value={key} pt="xs">
          <Stack>
            {blocks.map(({ label, text }) => (
              <CopyBlock key={label} label={label} text={text} />
            ))}
          </Stack>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
