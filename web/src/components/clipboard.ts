/** Copying, with its true result: over plain HTTP browsers have no clipboard for pages, and may refuse what is left. */

/** True only when the text is on the clipboard. Otherwise the field's text is selected, so that the person can copy it himself. */
export async function copyText(text: string, field?: HTMLInputElement | HTMLTextAreaElement | HTMLElement | null): Promise<boolean> {
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: what is left is below.
    }
  }
  select(field);
  return false;
}

export function select(field: HTMLInputElement | HTMLTextAreaElement | HTMLElement | null | undefined): void {
  if (field === null || field === undefined) return;
  field.focus();
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
    field.select();
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(field);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

export const COPY_BY_HAND = `The browser does not let this page copy. The text is selected: press ${/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘C' : 'Ctrl+C'}.`;
