export const GREETER_ERRORS = {
  TSV_GREETER_SPEECHLESS: (name: string) => `nothing to say to ${name}`,
} as const;
