/** See notices.js. */
export declare const noticesOf: (root: string, inputs: readonly string[]) => string;
