// The .env texts that godotenv is asked about: written out by hand, and put together from pieces by a fixed seed.
const byHand = [
  "", "\n", "# only a comment", "A=1", "A=1\n", "A = 1", " \t A=1", "A:1", "A: 1", "A :1", "export A=1", "export  A=1", "\texport\tA=1", "exported=1", "export=1", "export A", "export ", "export",
  "export export A=1", "A B=1", "A.B=1", "a=1", "1=2", "=1", ":1", "A", "A\nB=1", "A=1\nA=2", "A-B=1", "Ä=1", "ª=1", "A=ä # ö", "A=", "A=\nB=2", "A=''", 'A=""', "A=' x '", 'A=" x "',
  "A=1 # c", "A=1 #c", "A=1#c", "A=1 # c # d", "A=# c", "A= # c", "A=#c", "A='1' # c", 'A="1"#c', 'A="1" B=2', "A='1'B=2", 'A="a\nb"\nB=1', "A='a\nb'\nB=1", 'A="a', "A='a", 'A="a\\"b"', "A='a\\'b'",
  'A="a\\nb\\rc\\td\\\\e\\$f"', "A='a\\nb'", "A=a\\nb", 'A="""x"""', "A=''x''", 'A="x"y', 'A=x"y"', "A=x\nB=$A", "A=x\nB=${A}", "A=x\nB=\\$A", "A=x\nB=\\${A}", "A=x\nB=$(A)", "A=x\nB=$A}", "A=x\nB=${A",
  "A=x\nB='$A'", 'A=x\nB="$A"', 'A=x\nB="\\$A"', "a=x\nB=$a", "a=x\nB=${a}", "A=x\nB=$AB", "A=x\nB=$A$A", "B=$A\nA=x", "A=$", "A=$$", "A=${}", "A=$1", "1=y\nA=$1", 'C="compose.yml"\nC="$C:compose.more.yml"',
  "A=1\r\nB=2\r\n", "A='1'\r\nB=2", 'A="1\r\n2"\r\nB=3', "A=1\rB=2", "A=\r\nB=1", "A=1 # c\r\nB=2", "export\r\nA=1", "A\r\n=1", "\r\n\r\nA=1", "\uFEFFA=1", "A=\uFEFF1", "\u00A0A=1", "A=\u00A01\u00A0", "\u2003A=1", "A=1\u2003",
  "A=😀", "😀=1", "A=1\u2028B=2", "A=1;B=2", "A=1 B=2", "A= 1  ", "A=a=b", "A=a:b", "A:b=c", "# c\n  # d\nA=1", "#A=1", " #A=1\nB=1", "A=1\n#", "A='#'", 'A="\\#"', "A=\\#", "A=a\\", 'A="a\\"', 'A="a\\\\"', "A=\t1\t#\tc",
  "SECRET_DB_VERSION=v1 # length=32 charset=hex", "STACK_NAME = other", "export\tSTACK_NAME: other", "  STACK_NAME='other' # why", 'X="\nSTACK_NAME=other\n"', "DOMAIN=a\nDOMAIN=b", "A=${B:-c}", "A=`b`", "A=b\\ c", "A=%B%", "A\u0085=1", "A\u000b=1", "A=\u000b1", "A=1\u0000B=2",
];

const pieces = ["A", "B", "=", "=", ":", " ", "\n", "\n", "\r\n", "\t", '"', "'", "\\", "$", "{", "}", "(", ")", "#", " #", "export ", "1", "x", "-", ".", "_", "ä", "$A", "${B}", "\\n", "\\$", 'A="', "B='", "A=", "B=", "\n\n"];

/** The same numbers on every machine. */
const numbers = (seed) => () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;

const next = numbers(20261125);
const anyOf = (list) => list[Math.floor(next() * list.length)];
const words = (most) => Array.from({ length: 1 + Math.floor(next() * most) }, () => anyOf(pieces)).join("");
/** Half of them are lines that begin as assignments do, for most of pure chance is refused. */
const lines = () => Array.from({ length: 1 + Math.floor(next() * 3) }, () => `${anyOf(["A=", "B=", "export A=", "A: ", '"', "'", "A='", 'B="'])}${words(5)}${anyOf(["", "", "'", '"', " # c"])}`).join("\n");
const built = [...Array.from({ length: 400 }, () => words(14)), ...Array.from({ length: 1200 }, lines)];

process.stdout.write(JSON.stringify([...new Set([...byHand, ...built])]));
