/** The commands about templates and stacks. */
import type { Command, CommandEntry } from '../command.js';

const load =
  (importing: () => Promise<{ readonly command: Command }>): (() => Promise<Command>) =>
  async () =>
    (await importing()).command;

export const TEMPLATE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'template',
    summary: 'show what templates have',
    load: load(() => import('../commands/template.js')),
    subcommands: [{ name: 'validate', summary: 'check templates', load: load(() => import('../commands/template-validate.js')) }],
  },
  { name: 'apply', summary: 'apply templates: make what they describe', load: load(() => import('../commands/apply.js')) },
  {
    name: 'export',
    summary: 'export resources as a template',
    load: load(() => import('../commands/export.js')),
    subcommands: [
      { name: 'all', summary: 'export everything of an organization', load: load(() => import('../commands/export-all.js')) },
      { name: 'stack', summary: 'export what a stack has', load: load(() => import('../commands/export-stack.js')) },
    ],
  },
  {
    name: 'stacks',
    summary: 'list and manage stacks: what came from which templates',
    load: load(() => import('../commands/stacks.js')),
    subcommands: [
      { name: 'init', summary: 'make a stack', load: load(() => import('../commands/stacks-init.js')) },
      {
        name: 'rm',
        aliases: ['remove', 'uninstall'],
        summary: 'delete stacks and all that they have',
        load: load(() => import('../commands/stacks-rm.js')),
      },
      { name: 'update', summary: 'change a stack', load: load(() => import('../commands/stacks-update.js')) },
    ],
  },
];
