import { anyOf, indent, type CommandWords, type OptionWords, type Vocabulary } from './script.ts';

export function fishScript({ options, commands }: Vocabulary): string {
  const valued = options.filter(({ takesValue }) => takesValue);
  const pattern = (some: readonly OptionWords[]): string => anyOf(some).replaceAll('|', ' ');
  return `# fish completion for tsvctl. Try it: tsvctl completion fish | source
# Keep it: tsvctl completion fish > ~/.config/fish/completions/tsvctl.fish

# The command of the line, if it has one yet; fails otherwise.
function __tsvctl_command
    set -l takes_value
    for word in (commandline -opc)[2..]
        if set -q takes_value[1]
            set -e takes_value
            continue
        end
        switch $word
            case ${pattern(valued)}
                set takes_value yes
            case '-*'
            case '*'
                echo $word
                return 0
        end
    end
    return 1
end

# Names of processes or groups; nothing where no daemon answers.
function __tsvctl_names
    set -l words (commandline -opc)
    set -l access
    set -l next
    for word in $words[2..]
        if set -q next[1]
            test $next = access; and set -a access (string replace -r '^~(?=/|$)' $HOME -- $word)
            set -e next
            continue
        end
        switch $word
            case ${pattern(valued.filter(({ isAccess }) => isAccess))}
                set -a access $word
                set next access
            case ${pattern(valued.filter(({ isAccess }) => !isAccess))}
                set next other
            case '-*'
            case '*'
                break
        end
    end
    $words[1] $access --timeout 2 __names $argv[1] 2>/dev/null </dev/null
end

complete -c tsvctl -f
${indent(options.map(optionLine), 0)}
${indent(commands.flatMap(commandLines), 0)}
`;
}

function optionLine({ short, long, takesValue, isFile, meaning }: OptionWords): string {
  const forms = [...(short === undefined ? [] : [`-s ${short}`]), `-l ${long}`];
  const value = takesValue ? (isFile ? ' -r -F' : ' -x') : '';
  return `complete -c tsvctl -n 'not __tsvctl_command >/dev/null' ${forms.join(' ')}${value} -d ${quotedForFish(meaning)}`;
}

function commandLines({ name, meaning, flags, words, live, takesFile }: CommandWords): readonly string[] {
  const after = `complete -c tsvctl -n 'test (__tsvctl_command; or echo) = ${name}'`;
  return [
    `complete -c tsvctl -n 'not __tsvctl_command >/dev/null' -a ${name} -d ${quotedForFish(meaning)}`,
    ...Object.entries(flags).map(([flag, means]) => {
      const form = flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`;
      return `${after} ${form} -d ${quotedForFish(means)}`;
    }),
    ...(words.length > 0 ? [`${after} -a ${quotedForFish(words.join(' '))}`] : []),
    ...(live === undefined ? [] : [`${after} -a '(__tsvctl_names ${live})'`]),
    ...(takesFile ? [`${after} -F`] : []),
  ];
}

function quotedForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
