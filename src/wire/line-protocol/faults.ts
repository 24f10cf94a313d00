/** The invalid lines of a body, up to the number that a message names; further ones are usually of the same kind. */
import { invalid } from '../../domain/errors.js';

/** Of a line and of what is wrong with it. */
const SHOWN_BYTES_MAX = 64 * 1024;

export class FaultList {
  readonly #countMax: number;
  readonly #bytesMax: number;
  readonly #texts: string[];
  #bytes: number;

  constructor(countMax: number, bytesMax: number, texts: readonly string[] = []) {
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
    this.#texts = [...texts];
    this.#bytes = texts.reduce((sum, { length }) => sum + length, 0);
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  /** No further line need be looked at. */
  get isFull(): boolean {
    return this.#texts.length >= this.#countMax || this.#bytes >= this.#bytesMax;
  }

  add(line: Buffer, reason: string): void {
    const text = `unable to parse '${shown(line.toString('utf8', 0, SHOWN_BYTES_MAX + 1))}': ${shown(reason)}`;
    this.#bytes += text.length;
    this.#texts.push(text);
  }

  throwIfAny(): void {
    if (this.#texts.length === 0) return;
    const rest = this.isFull ? [`the body was not read beyond these ${this.#texts.length} lines`] : [];
    throw invalid([...this.#texts, ...rest].join('\n'));
  }
}

const shown = (text: string): string => (text.length <= SHOWN_BYTES_MAX ? text : `${text.slice(0, SHOWN_BYTES_MAX)}...`);
