/** A clock that jumps forth and back by an hour, three times a second. */
export function jump() {
  const now = Date.now.bind(Date);
  let shift = 0;
  setInterval(() => {
    shift = shift > 0 ? -3_600_000 : 3_600_000;
  }, 300).unref();
  Date.now = () => now() + shift;
}
