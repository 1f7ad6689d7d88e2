import type { Session } from './session.ts';

/** A script means what it says; a person in a shell is asked. */
export async function isConfirmed(session: Session, question: string): Promise<boolean> {
  if (!session.isInteractive) return true;
  const answer = await session.terminal.ask(question);
  return answer?.toLowerCase().startsWith('y') ?? false;
}
