export type ExitCode = 0 | 1 | 2 | 3 | 69 | 70 | 75 | 129 | 130 | 142 | 143;
