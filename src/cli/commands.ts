/** The tree of commands. What a command is made of is loaded when it is wanted. */
import { ABSENT_COMMANDS, ABSENT_V1_COMMANDS } from './absent-commands.js';
import type { Command, CommandEntry } from './command.js';
import { TEMPLATE_COMMANDS } from './template/commands.js';

const load =
  (importing: () => Promise<{ readonly command: Command }>): (() => Promise<Command>) =>
  async () =>
    (await importing()).command;

const LIST_ALIASES = ['find', 'ls'];

const auth: CommandEntry = {
  name: 'auth',
  aliases: ['authorization'],
  summary: 'manage API tokens: create, list, check, rotate, apply a file of them, deactivate, delete',
  examples: ['sluice auth create --read-bucket data --description "sensor 7"', 'sluice auth list', 'sluice auth check'],
  subcommands: [
    { name: 'create', summary: 'create a token', load: load(() => import('./commands/auth-create.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list tokens', load: load(() => import('./commands/auth-list.js')) },
    {
      name: 'check',
      summary: 'show the owner, permissions and status of a token',
      load: load(() => import('./commands/auth-check.js')),
    },
    {
      name: 'derive',
      summary: 'make a weaker token from a token, without a server',
      load: load(() => import('./commands/auth-derive.js')),
    },
    {
      name: 'explain',
      summary: 'show whether a token may do something, and why not',
      load: load(() => import('./commands/auth-explain.js')),
    },
    { name: 'rotate', summary: 'give a token a new secret', load: load(() => import('./commands/auth-rotate.js')) },
    {
      name: 'apply',
      summary: 'make tokens as a file says: create, replace, rotate, delete',
      load: load(() => import('./commands/auth-apply.js')),
    },
    { name: 'export', summary: 'write the file of tokens for what there is', load: load(() => import('./commands/auth-export.js')) },
    { name: 'active', summary: 'activate a token', load: load(() => import('./commands/auth-active.js')) },
    { name: 'inactive', summary: 'deactivate a token', load: load(() => import('./commands/auth-inactive.js')) },
    { name: 'delete', summary: 'delete a token permanently', load: load(() => import('./commands/auth-delete.js')) },
  ],
};

const bucket: CommandEntry = {
  name: 'bucket',
  summary: 'manage buckets: create, list, update, delete',
  examples: ['sluice bucket create --name data --retention 30d', 'sluice bucket list'],
  subcommands: [
    { name: 'create', summary: 'create a bucket', load: load(() => import('./commands/bucket-create.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list buckets', load: load(() => import('./commands/bucket-list.js')) },
    {
      name: 'update',
      aliases: ['set'],
      summary: 'rename a bucket, or change its retention',
      load: load(() => import('./commands/bucket-update.js')),
    },
    { name: 'delete', summary: 'delete a bucket with its data', load: load(() => import('./commands/bucket-delete.js')) },
  ],
};

const task: CommandEntry = {
  name: 'task',
  summary: 'manage tasks, their runs and logs',
  examples: ['sluice task create --file downsample.flux', 'sluice task list', 'sluice task run list --task-id 0a1b2c3d4e5f6071'],
  subcommands: [
    {
      name: 'log',
      summary: 'show what runs of a task say',
      examples: ['sluice task log list --task-id 0a1b2c3d4e5f6071'],
      subcommands: [
        { name: 'list', aliases: LIST_ALIASES, summary: 'list the log of a task', load: load(() => import('./commands/task-log-list.js')) },
      ],
    },
    {
      name: 'run',
      summary: 'manage runs of a task',
      examples: ['sluice task run list --task-id 0a1b2c3d4e5f6071'],
      subcommands: [
        { name: 'list', aliases: LIST_ALIASES, summary: 'list runs of a task', load: load(() => import('./commands/task-run-list.js')) },
        { name: 'retry', summary: 'run again for the same time', load: load(() => import('./commands/task-run-retry.js')) },
      ],
    },
    { name: 'create', summary: 'create a task from a Flux script', load: load(() => import('./commands/task-create.js')) },
    { name: 'delete', summary: 'delete a task', load: load(() => import('./commands/task-delete.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list tasks', load: load(() => import('./commands/task-list.js')) },
    { name: 'update', summary: 'change the script or status of a task', load: load(() => import('./commands/task-update.js')) },
    {
      name: 'retry-failed',
      aliases: ['rtf'],
      summary: 'run again what failed',
      load: load(() => import('./commands/task-retry-failed.js')),
    },
  ],
};

const telegrafs: CommandEntry = {
  name: 'telegrafs',
  summary: 'manage Telegraf configurations',
  examples: ['sluice telegrafs', 'sluice telegrafs create --name edge --file telegraf.conf'],
  load: load(() => import('./commands/telegrafs.js')),
  subcommands: [
    { name: 'create', summary: 'keep a configuration', load: load(() => import('./commands/telegrafs-create.js')) },
    { name: 'update', summary: 'replace a configuration', load: load(() => import('./commands/telegrafs-update.js')) },
    { name: 'rm', aliases: ['remove'], summary: 'delete configurations', load: load(() => import('./commands/telegrafs-rm.js')) },
  ],
};

const remote: CommandEntry = {
  name: 'remote',
  summary: 'manage remotes: other servers to replicate to',
  examples: ['sluice remote create --name far --remote-url https://far.example.com --remote-org-id 0a1b2c3d4e5f6071', 'sluice remote list'],
  subcommands: [
    { name: 'create', summary: 'add a remote', load: load(() => import('./commands/remote-create.js')) },
    { name: 'delete', summary: 'delete a remote', load: load(() => import('./commands/remote-delete.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list remotes', load: load(() => import('./commands/remote-list.js')) },
    { name: 'update', summary: 'change a remote', load: load(() => import('./commands/remote-update.js')) },
  ],
};

const replication: CommandEntry = {
  name: 'replication',
  summary: 'manage replications: what is sent to remotes',
  examples: ['sluice replication list'],
  subcommands: [
    { name: 'create', summary: 'replicate a bucket', load: load(() => import('./commands/replication-create.js')) },
    {
      name: 'delete',
      summary: 'end a replication, and drop what waits',
      load: load(() => import('./commands/replication-delete.js')),
    },
    {
      name: 'list',
      aliases: LIST_ALIASES,
      summary: 'list replications, and how they do',
      load: load(() => import('./commands/replication-list.js')),
    },
    { name: 'update', summary: 'change a replication', load: load(() => import('./commands/replication-update.js')) },
  ],
};

const config: CommandEntry = {
  name: 'config',
  summary: 'manage connections: server addresses and tokens',
  load: load(() => import('./commands/config.js')),
  subcommands: [
    { name: 'create', summary: 'add a connection', load: load(() => import('./commands/config-create.js')) },
    { name: 'rm', aliases: ['delete', 'remove'], summary: 'remove connections', load: load(() => import('./commands/config-rm.js')) },
    { name: 'set', aliases: ['update'], summary: 'change a connection', load: load(() => import('./commands/config-set.js')) },
    { name: 'ls', aliases: ['list'], summary: 'list connections', load: load(() => import('./commands/config-ls.js')) },
  ],
};

const org: CommandEntry = {
  name: 'org',
  aliases: ['organization'],
  summary: 'manage organizations and their members',
  examples: ['sluice org create --name acme', 'sluice org members list --name acme'],
  subcommands: [
    { name: 'create', summary: 'create an organization', load: load(() => import('./commands/org-create.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list organizations', load: load(() => import('./commands/org-list.js')) },
    { name: 'update', summary: 'rename or describe an organization', load: load(() => import('./commands/org-update.js')) },
    { name: 'delete', summary: 'delete an organization and everything in it', load: load(() => import('./commands/org-delete.js')) },
    {
      name: 'members',
      summary: 'manage members of an organization',
      examples: ['sluice org members add --name acme --member 0a1b2c3d4e5f6071'],
      subcommands: [
        { name: 'add', summary: 'add a user as a member or an owner', load: load(() => import('./commands/org-members-add.js')) },
        {
          name: 'list',
          aliases: LIST_ALIASES,
          summary: 'list members and owners',
          load: load(() => import('./commands/org-members-list.js')),
        },
        { name: 'remove', summary: 'remove a user from an organization', load: load(() => import('./commands/org-members-remove.js')) },
      ],
    },
  ],
};

const audit: CommandEntry = {
  name: 'audit',
  summary: 'read and verify the audit log: who did what to tokens, and why a request was refused',
  examples: ['sluice audit list --since 7d', 'sluice audit tail', 'sluice audit verify'],
  subcommands: [
    { name: 'list', aliases: LIST_ALIASES, summary: 'list records', load: load(() => import('./commands/audit-list.js')) },
    { name: 'tail', summary: 'show records as they come', load: load(() => import('./commands/audit-tail.js')) },
    { name: 'export', summary: 'write all records as JSON lines', load: load(() => import('./commands/audit-export.js')) },
    { name: 'verify', summary: 'check that no record is missing or changed', load: load(() => import('./commands/audit-verify.js')) },
  ],
};

const user: CommandEntry = {
  name: 'user',
  summary: 'manage users and their passwords',
  examples: ['sluice user create --name bob --org acme', 'sluice user password --name bob'],
  subcommands: [
    { name: 'create', summary: 'create a user', load: load(() => import('./commands/user-create.js')) },
    { name: 'list', aliases: LIST_ALIASES, summary: 'list users', load: load(() => import('./commands/user-list.js')) },
    { name: 'update', summary: 'rename a user', load: load(() => import('./commands/user-update.js')) },
    { name: 'password', summary: 'set the password of a user', load: load(() => import('./commands/user-password.js')) },
    { name: 'delete', summary: 'delete a user and their tokens', load: load(() => import('./commands/user-delete.js')) },
  ],
};

const secret: CommandEntry = {
  name: 'secret',
  summary: 'manage secrets of an organization, for use in Flux',
  examples: ['sluice secret update --key API_KEY', 'sluice secret list'],
  subcommands: [
    { name: 'list', aliases: LIST_ALIASES, summary: 'list the keys of secrets', load: load(() => import('./commands/secret-list.js')) },
    { name: 'update', summary: 'add or change a secret', load: load(() => import('./commands/secret-update.js')) },
    { name: 'delete', summary: 'delete a secret', load: load(() => import('./commands/secret-delete.js')) },
  ],
};

const v1: CommandEntry = {
  name: 'v1',
  summary: 'manage access to the v1-compatible API',
  examples: ['sluice v1 auth create --username jack --read-bucket data', 'sluice v1 dbrp list'],
  subcommands: [
    {
      name: 'auth',
      aliases: ['authorization'],
      summary: 'manage user names and passwords of the v1-compatible API',
      examples: ['sluice v1 auth create --username jack --read-bucket data'],
      subcommands: [
        { name: 'create', summary: 'create a user name with a password', load: load(() => import('./commands/v1-auth-create.js')) },
        { name: 'list', aliases: LIST_ALIASES, summary: 'list user names', load: load(() => import('./commands/v1-auth-list.js')) },
        { name: 'set-password', summary: 'set the password', load: load(() => import('./commands/v1-auth-set-password.js')) },
        { name: 'set-active', summary: 'activate a user name', load: load(() => import('./commands/v1-auth-set-active.js')) },
        { name: 'set-inactive', summary: 'deactivate a user name', load: load(() => import('./commands/v1-auth-set-inactive.js')) },
        { name: 'delete', summary: 'delete a user name', load: load(() => import('./commands/v1-auth-delete.js')) },
      ],
    },
    {
      name: 'dbrp',
      summary: 'manage mappings of InfluxDB 1.x databases to buckets',
      examples: ['sluice v1 dbrp create --db telegraf --rp autogen --bucket-id 0a1b2c3d4e5f6071 --default'],
      subcommands: [
        {
          name: 'create',
          summary: 'map a database and retention policy to a bucket',
          load: load(() => import('./commands/v1-dbrp-create.js')),
        },
        { name: 'list', aliases: LIST_ALIASES, summary: 'list mappings', load: load(() => import('./commands/v1-dbrp-list.js')) },
        { name: 'update', summary: 'change a mapping', load: load(() => import('./commands/v1-dbrp-update.js')) },
        { name: 'delete', summary: 'delete a mapping', load: load(() => import('./commands/v1-dbrp-delete.js')) },
      ],
    },
    ...ABSENT_V1_COMMANDS,
  ],
};

export const ROOT: CommandEntry = {
  name: 'sluice',
  summary: 'command line for Sluice and InfluxDB 2.x servers',
  examples: [
    'sluice setup',
    'sluice auth create --telegraf data --token-only > telegraf.token',
    "sluice write --bucket data 'cpu,host=a usage=1.5'",
    `sluice query 'from(bucket: "data") |> range(start: -1h)'`,
  ],
  subcommands: [
    {
      name: 'setup',
      summary: 'set up a new server: first user, organization, bucket and token',
      load: load(() => import('./commands/setup.js')),
    },
    config,
    auth,
    bucket,
    org,
    user,
    {
      name: 'write',
      summary: 'write points: line protocol or annotated CSV',
      load: load(() => import('./commands/write.js')),
      subcommands: [
        { name: 'dryrun', summary: 'show the line protocol without writing it', load: load(() => import('./commands/write-dryrun.js')) },
      ],
    },
    { name: 'query', summary: 'run a Flux query', load: load(() => import('./commands/query.js')) },
    { name: 'delete', summary: 'delete points', load: load(() => import('./commands/delete.js')) },
    secret,
    task,
    { name: 'dashboards', summary: 'list dashboards', load: load(() => import('./commands/dashboards.js')) },
    telegrafs,
    remote,
    replication,
    ...TEMPLATE_COMMANDS,
    v1,
    audit,
    { name: 'backup', summary: 'back up a server, or one bucket, to a folder', load: load(() => import('./commands/backup.js')) },
    { name: 'restore', summary: 'restore a backup', load: load(() => import('./commands/restore.js')) },
    { name: 'ping', summary: 'check that the server is up and healthy', load: load(() => import('./commands/ping.js')) },
    { name: 'server-config', summary: "show the server's configuration", load: load(() => import('./commands/server-config.js')) },
    {
      name: 'completion',
      summary: 'print the completion script for a shell',
      load: async () => (await import('./commands/completion.js')).completionOf(ROOT),
    },
    { name: 'version', summary: 'show the version of this command line', load: load(() => import('./commands/version.js')) },
    ...ABSENT_COMMANDS,
  ],
};
