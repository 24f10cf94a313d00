/** Completion for zsh. */
import type { Place, Word } from './words.js';

export const formatZsh = (places: readonly Place[]): string => `#compdef sluice
# Completion of sluice for zsh: sluice completion zsh > "\${fpath[1]}/_sluice"
_sluice_words() {
  case "$1" in
${places.map(formatPlace).join('\n')}
    (*) return 1 ;;
  esac
}

_sluice() {
  local sluice_path="" word next
  local -a commands flags
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${sluice_path:+$sluice_path }$word"
    if [[ "$word" != -* ]] && _sluice_words "$next"; then sluice_path="$next"; fi
  done
  commands=() flags=()
  _sluice_words "$sluice_path"
  if [[ "\${words[CURRENT]}" == -* ]]; then
    _describe -o 'flag' flags
  elif (( \${#commands} )); then
    _describe 'command' commands
  else
    _files
  fi
}

if [[ "\${funcstack[1]}" == "_sluice" ]]; then
  _sluice "$@"
else
  compdef _sluice sluice
fi
`;

const formatPlace = ({ paths, commands, flags }: Place): string =>
  `    (${paths.map(quote).join('|')}) commands=(${formatWords(commands)}) flags=(${formatWords(flags)}) ;;`;

const formatWords = (words: readonly Word[]): string =>
  words.map(({ text, help }) => quote(`${text}:${help.replaceAll(':', '\\:')}`)).join(' ');

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
