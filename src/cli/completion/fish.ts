/** Completion for fish. */
import type { FlagWord, Place, Word } from './words.js';

export const formatFish = (
  places: readonly Place[],
): string => `# Completion of sluice for fish: sluice completion fish > ~/.config/fish/completions/sluice.fish
function __sluice_path
    set -l known ${places
      .flatMap(({ paths }) => paths)
      .filter((path) => path !== '')
      .map(quote)
      .join(' ')}
    set -l found ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$found $word")
        contains -- "$next" $known; and set found "$next"
    end
    echo "$found"
end

function __sluice_at
    contains -- (__sluice_path) $argv
end

${places.flatMap(formatPlace).join('\n')}
`;

function formatPlace({ paths, commands, flags }: Place): string[] {
  const condition = `-n ${quote(`__sluice_at ${paths.map((path) => `"${path}"`).join(' ')}`)}`;
  return [...commands.map((word) => formatCommand(condition, word)), ...flags.map((flag) => formatFlag(condition, flag))];
}

const formatCommand = (condition: string, { text, help }: Word): string =>
  `complete -c sluice ${condition} -f -a ${quote(text)} -d ${quote(help)}`;

function formatFlag(condition: string, { text, help, short, takesValue, takesFile }: FlagWord): string {
  const letter = short === undefined ? '' : ` -s ${short}`;
  const value = takesFile ? ' -r -F' : takesValue ? ' -x' : '';
  return `complete -c sluice ${condition} -l ${text.slice(2)}${letter}${value} -d ${quote(help)}`;
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
