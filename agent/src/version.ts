/** A constant, not read from package.json: the native executable has no such file. A test keeps the two equal. */
export const VERSION = '0.1.0'
