/** What a script learns from the exit status. */
export const exitCodes = {
  done: 0,
  /** the answer is no: does not compile, rejected, not found, refused */
  no: 1,
  /** the command line itself is wrong: nothing was tried */
  usage: 2,
  /** the environment lacks something, which the message names */
  environment: 3,
  /** 128 + SIGINT, as a shell would say it */
  cancelled: 130,
} as const;
