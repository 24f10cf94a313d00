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
  async check(script: string): Promise<readonly Diagnostic[]> {
    // The server handles one document at a time: its answers come as notifications, which name no request.
    const result = this.turn.then(async () => {
      try {
        this.server ??= startCheckServer(this.module);
        return await (await this.server).check(script);
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
  await send({ id: 1, method: 'initialize', params: { capabilities: {} } });
  await send({ method: 'initialized', params: {} });
  const uri = 'file:///script.flux';
  return {
    async check(script) {
      diagnostics = [];
      await send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'flux', version: 1, text: script } } });
      // Notifications are handed over in a task of their own.
      await new Promise((resolve) => setImmediate(resolve));
      const found = diagnostics.filter(({ severity }) => severity === undefined || severity === SEVERITY_ERROR);
      await send({ method: 'textDocument/didClose', params: { textDocument: { uri } } });
      return found;
    },
  };
}

export const fluxLsp = new FluxLsp();
