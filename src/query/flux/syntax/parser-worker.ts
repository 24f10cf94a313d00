/** The thread in which scripts are parsed and checked: takes one request after the other, and says what came of it. */
import { parentPort } from 'node:worker_threads';
import { FluxLsp } from './flux-lsp.js';
import { withFewPlaces, withinSize } from './tree-size.js';

export type ParserMethod = 'parse' | 'parseFully' | 'format' | 'check' | 'typesOf';

export interface ParserRequest {
  readonly method: ParserMethod;
  readonly argument: unknown;
}

export type ParserReply = { readonly result: unknown } | { readonly failure: string };

// The module greets, and says when it panics, on standard output and error, which belong to the server.
const output = globalThis.console;
output.info = output.error = () => undefined;

const lsp = new FluxLsp();

const methods: Readonly<Record<ParserMethod, (argument: never) => unknown>> = {
  parse: (script: string) => withFewPlaces(lsp.parse(script)),
  parseFully: (script: string) => withinSize(lsp.parse(script)),
  format: (file: unknown) => lsp.format(file),
  check: (script: string) => lsp.check(script),
  typesOf: (names: readonly string[]) => lsp.typesOf(names),
};

async function answer({ method, argument }: ParserRequest): Promise<ParserReply> {
  try {
    return { result: await methods[method](argument as never) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: ParserRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply));
});
