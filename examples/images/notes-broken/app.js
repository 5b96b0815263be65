"use strict";
// An image that does not come up: for the failing deploy.
console.error("notes: cannot open /etc/notes/license.key, giving up");
process.exit(1);
