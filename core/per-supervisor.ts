import type { Supervisor } from './supervisor.ts';

/** Makes one object per supervisor, at the first call. Every caller gets the same one. */
export function perSupervisor<Made extends object>(
  create: (supervisor: Supervisor) => Made,
): (supervisor: Supervisor) => Made {
  const all = new WeakMap<Supervisor, Made>();
  return (supervisor) => {
    let made = all.get(supervisor);
    if (made === undefined) {
      made = create(supervisor);
      all.set(supervisor, made);
    }
    return made;
  };
}
