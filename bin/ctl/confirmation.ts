import type { Session } from './session.ts';

/** Asks for confirmation in an interactive shell only; scripts are not asked. */
export async function isConfirmed(session: Session, question: string): Promise<boolean> {
  if (!session.isInteractive) return true;
  const answer = await session.terminal.ask(question);
  return answer?.toLowerCase().startsWith('y') ?? false;
}
