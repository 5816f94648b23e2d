/* Browsers have it; Node has it among its globals from version 19 on. */
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto as Crypto;
