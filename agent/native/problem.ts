/** What whoever builds the native agent can put right. The message is a sentence without its full stop. */
export class BuildProblem extends Error {}
