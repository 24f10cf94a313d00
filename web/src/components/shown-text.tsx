/** Texts of others as they are to be seen: what is invisible in them and turns or hides the rest is spelled out. */
import type { ReactNode } from 'react';
import styles from './shown-text.module.css';

/** Controls, marks and overrides of the writing direction, and blanks without a width. Joiners stay: scripts and emoji need them. */
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const spell = (character: string): string => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;

/** For labels, titles and options, which are text alone. */
export const shownText = (text: string): string => text.replace(INVISIBLE, spell);

/** For the page: what is spelled out stands out. */
export function Shown({ text }: { readonly text: string }): ReactNode {
  const parts = text.split(new RegExp(`(${INVISIBLE.source})`));
  if (parts.length === 1) return <bdi>{text}</bdi>;
  return (
    <bdi>
      {parts.map((part, index) =>
        index % 2 === 0 ? (
          part
        ) : (
          <span key={index} className={styles.spelled} title="An invisible character">
            {spell(part)}
          </span>
        ),
      )}
    </bdi>
  );
}
