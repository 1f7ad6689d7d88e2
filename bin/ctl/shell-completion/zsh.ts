import { anyOf, indent, quoted, type CommandWords, type Vocabulary } from './script.ts';

/** Names are added by `compadd`, which quotes the `*` of a group; only commands and flags have descriptions. */
export function zshScript({ options, commands }: Vocabulary): string {
  const valued = options.filter(({ takesValue }) => takesValue);
  return `#compdef tsvctl
# zsh completion for tsvctl. Try it: source <(tsvctl completion zsh)
# Keep it: tsvctl completion zsh > "\${fpath[1]}/_tsvctl"

_tsvctl() {
  local command= word
  local -a access offered
  local -i i=2
  while ((i < CURRENT)); do
    word=$words[i]
    case $word in
      ${anyOf(valued.filter(({ isAccess }) => isAccess))})
        access+=("$word" "\${\${(Q)words[i+1]}/#\\~/$HOME}")
        ((i += 2)) ;;
      ${anyOf(valued.filter(({ isAccess }) => !isAccess))}) ((i += 2)) ;;
      -*) ((i += 1)) ;;
      *)
        command=$word
        break ;;
    esac
  done
  if ((i > CURRENT)); then
    case $words[CURRENT-1] in
      ${anyOf(valued.filter(({ isFile }) => isFile))}) _files ;;
    esac
    return
  fi
  case $command in
    '')
      if [[ $PREFIX == -* ]]; then
        offered=(
${indent(
  options.flatMap(({ words, meaning }) => words.map((word) => described(word, meaning))),
  10,
)}
        )
        _describe -o option offered
      else
        offered=(
${indent(
  commands.map(({ name, meaning }) => described(name, meaning)),
  10,
)}
        )
        _describe command offered
      fi ;;
${indent(commands.flatMap(commandCase), 4)}
  esac
}

# Names of processes or groups; nothing where no daemon answers.
_tsvctl_names() {
  local -a names
  names=(\${(f)"$(\${(Q)words[1]/#\\~/$HOME} $access --timeout 2 __names $1 2>/dev/null </dev/null)"})
  compadd -a names
}

if [[ $funcstack[1] == _tsvctl ]]; then
  _tsvctl "$@"
else
  compdef _tsvctl tsvctl
fi
`;
}

function commandCase({ name, flags, words, live, takesFile }: CommandWords): readonly string[] {
  const hasFlags = Object.keys(flags).length > 0;
  if (!hasFlags && words.length === 0 && live === undefined) return [];
  return [
    `${name})`,
    ...(hasFlags
      ? [
          '  if [[ $PREFIX == -* ]]; then',
          `    offered=(${Object.entries(flags)
            .map(([flag, meaning]) => described(flag, meaning))
            .join(' ')})`,
          '    _describe -o option offered',
          '    return',
          '  fi',
        ]
      : []),
    ...(words.length > 0 ? [`  compadd -- ${words.join(' ')}`] : []),
    ...(live === undefined ? [] : [`  _tsvctl_names ${live}`]),
    ...(takesFile ? ['  _files'] : []),
    '  ;;',
  ];
}

function described(word: string, meaning: string): string {
  return quoted(`${word}:${meaning.replaceAll(':', '\\:')}`);
}
