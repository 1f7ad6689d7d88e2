import { anyOf, indent, quoted, type CommandWords, type Vocabulary } from './script.ts';

/**
 * The line is split at blanks here, because COMP_WORDS is split at colons, too. Candidates are compared here, because
 * `compgen -W` would expand their content.
 */
export function bashScript({ options, commands }: Vocabulary): string {
  const valued = options.filter(({ takesValue }) => takesValue);
  return `# bash completion for tsvctl. Try it: source <(tsvctl completion bash)
# Keep it: tsvctl completion bash > /etc/bash_completion.d/tsvctl

_tsvctl() {
  local words word current command= previous= name
  local -a access=() offered=()
  read -ra words <<<"\${COMP_LINE:0:COMP_POINT}"
  [[ \${COMP_LINE:0:COMP_POINT} == *[[:space:]] ]] && words+=("")
  current=\${words[-1]}
  local -i i last=$((\${#words[@]} - 1))
  for ((i = 1; i < last; i++)); do
    word=\${words[i]}
    case $word in
      ${anyOf(valued.filter(({ isAccess }) => isAccess))})
        access+=("$word" "\${words[i + 1]/#\\~/$HOME}")
        previous=$word
        i+=1 ;;
      ${anyOf(valued.filter(({ isAccess }) => !isAccess))})
        previous=$word
        i+=1 ;;
      -*) previous= ;;
      *)
        command=$word
        break ;;
    esac
  done
  if [[ -z $command && -n $previous ]] && ((i > last)); then
    case $previous in
      ${anyOf(valued.filter(({ isFile }) => isFile))}) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    esac
    return
  fi
  case $command in
    '') if [[ $current == -* ]]; then
        offered=(${options.flatMap(({ words }) => words).join(' ')})
      else
        offered=(${commands.map(({ name }) => name).join(' ')})
      fi ;;
${indent(commands.flatMap(commandCase), 4)}
  esac
  COMPREPLY=()
  for name in "\${offered[@]}"; do
    # A flag is offered to those who begin one.
    [[ $name == "$current"* && ($name != -* || $current == -*) ]] && COMPREPLY+=("$name")
  done
  # bash replaces only what follows the last colon.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("\${COMPREPLY[@]#"\${current%"\${current##*:}"}"}")
  fi
}

# Names of processes or groups; nothing where no daemon answers.
_tsvctl_names() {
  local name
  while IFS= read -r name; do
    offered+=("$name")
  done < <("\${words[0]/#\\~/$HOME}" "\${access[@]}" --timeout 2 __names "$1" 2>/dev/null </dev/null)
}

complete -F _tsvctl tsvctl
`;
}

function commandCase({ name, flags, words, live, takesFile }: CommandWords): readonly string[] {
  const offered = [...Object.keys(flags), ...words].map((word) => (/^[\w-]+$/.test(word) ? word : quoted(word)));
  if (offered.length === 0 && live === undefined) return [];
  return [
    `${name})`,
    `  offered=(${offered.join(' ')})`,
    ...(live === undefined ? [] : [`  [[ $current == -* ]] || _tsvctl_names ${live}`]),
    ...(takesFile ? ['  [[ $current == -* ]] || mapfile -t offered < <(compgen -f -- "$current")'] : []),
    '  ;;',
  ];
}
