/** What workers say to a search: a list in Redis, read as it comes. */
import type { Redis } from 'ioredis';
import { type Message, messageSchema, mostMessageChars } from './protocol.js';

/** Messages that are taken at once. */
const batch = 500;

export class Inbox {
  readonly #redis: Redis;
  readonly #key: string;
  readonly #onMessage: (message: Message) => void;
  readonly #onWrong: () => void;
  #closed = false;

  /** @param redis a connection of its own: it waits on it. */
  constructor(
    redis: Redis,
    key: string,
    { onMessage, onWrong }: { readonly onMessage: (message: Message) => void; readonly onWrong: () => void },
  ) {
    this.#redis = redis;
    this.#key = key;
    this.#onMessage = onMessage;
    this.#onWrong = onWrong;
  }

  /** Reads until it is closed. */
  async read(): Promise<void> {
    while (!this.#closed) {
      try {
        const first = await this.#redis.blpop(this.#key, 2);
        if (!first) continue;
        this.#take(first[1]);
        const more = await this.#redis.lpop(this.#key, batch);
        for (const text of more ?? []) this.#take(text);
      } catch {
        if (this.#closed) return;
        await new Promise((done) => setTimeout(done, 200)); // the connection comes back by itself
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.#redis.disconnect();
  }

  #take(text: string): void {
    if (this.#closed) return;
    const message = parseMessage(text);
    if (message) this.#onMessage(message);
    else this.#onWrong();
  }
}

/** A message, or undefined for what no worker says. */
export function parseMessage(text: unknown): Message | undefined {
  if (typeof text === 'string' && text.length > mostMessageChars) return undefined;
  try {
    const message = messageSchema.safeParse(typeof text === 'string' ? JSON.parse(text) : text);
    return message.success ? message.data : undefined;
  } catch {
    return undefined;
  }
}
