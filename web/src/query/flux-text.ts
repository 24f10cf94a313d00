/** A text as a string literal of Flux, where `${` would begin an expression. */
export const fluxText = (text: string): string => JSON.stringify(text).replaceAll('${', '\\${');
