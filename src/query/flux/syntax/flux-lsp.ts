/**
 * InfluxData's own Flux parser and type checker, in WebAssembly: parses in well under a millisecond, checks types in about one, and says
 * what is wrong in the words that InfluxDB answers with.
 */
import { createRequire } from 'node:module';
import type { File } from './ast.js';

/** One thing that is wrong with a script. Positions count from 0; characters are bytes of UTF-8. */
export interface Diagnostic {
  readonly message: string;
  readonly severity?: number;
  readonly range: { readonly start: DiagnosticPosition; readonly end: DiagnosticPosition };
}

interface DiagnosticPosition {
  readonly line: number;
  readonly character: number;
}

interface FluxLspModule {
  parse(script: string): File;
  format_from_js_file(file: unknown): string;
  Lsp: new () => LspServer;
}

interface LspServer {
  onMessage(handler: (message: string) => void): void;
  send(message: string): Promise<unknown>;
  run(): Promise<unknown>;
}

const SEVERITY_ERROR = 1;
const require = createRequire(import.meta.url);
const MODULE = '@influxdata/flux-lsp-node';

/**
 * A loaded copy of the WebAssembly module. A trap inside (a script nested too deep) can leave its memory broken, so `FluxLsp.reset` drops
 * the copy and the next use loads a fresh one.
 */
class FluxLsp {
  private loaded: FluxLspModule | undefined;
  private server: Promise<CheckServer> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  parse(script: string): File {
    return this.guard(() => this.module.parse(script));
  }

  /** The text of a tree, so that a tree which a client sent can be checked along with a script. */
  format(file: unknown): string {
    return this.guard(() => this.module.format_from_js_file(file));
  }

  /** Errors of syntax and of types, in the order in which they were found. */
  check(script: string): Promise<readonly Diagnostic[]> {
    return this.withServer((server) => server.check(script));
  }

  /** The types of names of the prelude, as the checker writes them: `(<-tables: stream[#A], ?column: string) => stream[#B]`. */
  typesOf(names: readonly string[]): Promise<readonly string[]> {
    return this.withServer((server) => server.typesOf(names));
  }

  private async withServer<T>(use: (server: CheckServer) => Promise<T>): Promise<T> {
    // The server handles one document at a time: its answers come as notifications, which name no request.
    const result = this.turn.then(async () => {
      try {
        this.server ??= startCheckServer(this.module);
        return await use(await this.server);
      } catch (error) {
        this.reset();
        throw error;
      }
    });
    this.turn = result.catch(() => undefined);
    return result;
  }

  private get module(): FluxLspModule {
    this.loaded ??= require(MODULE) as FluxLspModule;
    return this.loaded;
  }

  private guard<T>(use: () => T): T {
    try {
      return use();
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  private reset(): void {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the only way to have a CommonJS module loaded anew
    delete require.cache[require.resolve(MODULE)];
    this.loaded = undefined;
    this.server = undefined;
  }
}

interface CheckServer {
  check(script: string): Promise<readonly Diagnostic[]>;
  typesOf(names: readonly string[]): Promise<readonly string[]>;
}

/** The server greets on standard output when it starts, which belongs to others. */
async function withoutGreeting(start: () => Promise<void>): Promise<void> {
  // eslint-disable-next-line no-console -- it is silenced here, not used
  const { info } = console;
  console.info = () => undefined;
  try {
    await start();
  } finally {
    console.info = info;
  }
}

async function startCheckServer(module: FluxLspModule): Promise<CheckServer> {
  const server = new module.Lsp();
  let diagnostics: readonly Diagnostic[] = [];
  server.onMessage((message) => {
    const { method, params } = JSON.parse(message) as { method?: string; params?: { diagnostics?: readonly Diagnostic[] } };
    if (method === 'textDocument/publishDiagnostics') diagnostics = params?.diagnostics ?? [];
  });
  // Runs for as long as the server does; that it ends is seen when a request fails.
  server.run().catch(() => undefined);
  const send = (message: object): Promise<unknown> => server.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  await withoutGreeting(async () => {
    await send({ id: 1, method: 'initialize', params: { capabilities: {} } });
    await send({ method: 'initialized', params: {} });
  });
  const uri = 'file:///script.flux';
  const withDocument = async <T>(text: string, use: () => Promise<T>): Promise<T> => {
    await send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'flux', version: 1, text } } });
    const result = await use();
    await send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
    return result;
  };
  return {
    check(script) {
      diagnostics = [];
      return withDocument(script, async () => {
        // Notifications are handed over in a task of their own.
        await new Promise((resolve) => setImmediate(resolve));
        return diagnostics.filter(({ severity }) => severity === undefined || severity === SEVERITY_ERROR);
      });
    },
    typesOf: (names) =>
      withDocument(names.join('\n'), async () => {
        const types: string[] = [];
        for (const line of names.keys()) {
          const answer = await send({ id: 2, method: 'textDocument/hover', params: { textDocument: { uri }, position: { line, character: 0 } } });
          const { result } = JSON.parse(String(answer)) as { result?: { contents?: string } | null };
          types.push(result?.contents ?? '');
        }
        return types;
      }),
  };
}

export const fluxLsp = new FluxLsp();
