import { nearest } from '../../../plugins/config/options/nearest.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-status.ts';
import { bashScript } from '../shell-completion/bash.ts';
import { fishScript } from '../shell-completion/fish.ts';
import { LOCAL_COMMANDS } from '../local-commands.ts';
import { SHELLS, vocabularyOf, type Shell, type Vocabulary } from '../shell-completion/script.ts';
import { zshScript } from '../shell-completion/zsh.ts';

export const completion: Command = {
  name: 'completion',
  usage: [['completion bash|zsh|fish', 'print a script that completes commands, options and names in that shell']],
  notes: ['Each script says in its first lines how to keep it.'],
  words: SHELLS,
  run(session, words) {
    const [word = '', ...more] = words;
    const shell = SHELLS.find((name) => name === word);
    if (shell === undefined || more.length > 0) {
      session.misuse('Error: completion needs the name of a shell', completion, EXIT.invalidArguments);
      const meant = nearest(word, SHELLS);
      return meant === undefined ? undefined : session.advise(`Did you mean "completion ${meant}"?`);
    }
    // From the session: this file is one of those that make the table.
    session.terminal.print(
      SCRIPTS[shell](vocabularyOf([...new Set(session.commands.values())], [...LOCAL_COMMANDS.values()])),
    );
  },
};

const SCRIPTS: Readonly<Record<Shell, (vocabulary: Vocabulary) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};
