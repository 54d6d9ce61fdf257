/** Takes one core until it is ended. */
let sum = 0;
for (;;) sum = (sum + Math.sqrt(sum + 1)) % 1e6;
