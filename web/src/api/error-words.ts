/** What the server says for programs, in words for people. What is a sentence already stays as it is. */
import { RESOURCE_TYPES, type ResourceType } from '../../../src/domain/permission.js';
import { wordMany } from '../tokens/words.js';

const isType = (text: string): text is ResourceType => text === 'instance' || (RESOURCE_TYPES as readonly string[]).includes(text);

/** `write:orgs/0a/buckets/0b is unauthorized` -> the action and the type that stands last. */
const UNAUTHORIZED = /^(read|write):(?:orgs\/[0-9a-f]+\/)?([A-Za-z]+)(\/[0-9a-f]+)? is unauthorized$/;

/** Each: what the server says, and what that means here. */
const SENTENCES: readonly (readonly [said: RegExp, words: string])[] = [
  [/^authorization not found$/, 'This token does not exist, or you don’t have access.'],
  [/^bucket not found$/, 'This bucket does not exist, or you don’t have access.'],
  [/^user not found$/, 'There is no user with this name or id.'],
  [/^organization not found$/, 'This organization does not exist, or you don’t have access.'],
  [/^(?:404 page )?not found$/, 'This does not exist, or you don’t have access.'],
  [/^token is inactive$/, 'The token is inactive.'],
  [/^User is inactive$/, 'Your user is inactive. Ask an operator.'],
  [/^user ([\s\S]+) already has a role here; remove it first$/, '$1 has a role here already.'],
  [/^passwords must be between (\d+) and (\d+) characters long$/, 'A password has $1 to $2 characters.'],
  [/^(\w+) with name ([\s\S]+) already exists$/, 'The name $2 is taken by another $1.'],
  [/^user name is empty$/, 'Enter a user name.'],
  [/^An internal error has occurred[\s\S]*$/i, 'The server failed. Try again; its log says why.'],
];

/** What the compiler and the run of a query say, several in one: only the place and the reason are for people. */
function queryInWords(message: string): string | undefined {
  const plain = message.replace(/^(?:compilation failed: |failed to initialize execute state: |runtime error: )+/, '');
  const words = plain
    .replace(/^could not find bucket "([\s\S]+)"$/, 'There is no bucket “$1”, or you don’t have access.')
    .replace(/(?:\b(?:runtime )?error )?@(\d+):(\d+)-\d+:\d+: /g, 'Line $1, column $2: ');
  return words === message ? undefined : words;
}

export function inWords(message: string): string {
  const refused = UNAUTHORIZED.exec(message);
  if (refused !== null) {
    const [, action = '', type = '', id] = refused;
    const what = isType(type) ? wordMany(type) : type;
    const verb = action === 'read' ? 'see' : 'change';
    return id === undefined ? `You can’t ${verb} ${what} here.` : `You can’t ${verb} this one of the ${what}.`;
  }
  for (const [said, words] of SENTENCES) {
    const match = said.exec(message);
    if (match !== null) return words.replace(/\$(\d)/g, (_, n: string) => match[Number(n)] ?? '');
  }
  return queryInWords(message) ?? message;
}
