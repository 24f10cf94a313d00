/** Completion for bash. */
import type { Place } from './words.js';

export const formatBash = (places: readonly Place[]): string => `# Completion of sluice for bash: source <(sluice completion bash)
_sluice_words() {
  case "$1" in
${places.map(formatPlace).join('\n')}
  esac
}

_sluice() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" word next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    if [[ "$word" != -* && -n "$(_sluice_words "$next")" ]]; then path="$next"; fi
  done
  COMPREPLY=()
  for word in $(_sluice_words "$path"); do
    if [[ "$word" == "$current"* && ( "$word" != --* || "$current" == -* ) ]]; then COMPREPLY+=("$word"); fi
  done
}

complete -o default -F _sluice sluice
`;

const formatPlace = ({ paths, commands, flags }: Place): string => {
  const words = [...commands, ...flags].map(({ text }) => text);
  return `    ${paths.map((path) => `"${path}"`).join(' | ')}) echo "${[...words, '--help'].join(' ')}" ;;`;
};
