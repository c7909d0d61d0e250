/** One node of a test cluster: its files, its server process, and its seal. */
import { constants, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CachedPlugin } from './cache.ts';
import type { Certificate } from './certificate.ts';
import type { ClusterGuard } from './cluster-guard.ts';
import type { PluginFile } from './plugin-files.ts';
import type { Product } from './product.ts';
import { renderServerConfiguration } from './server-configuration.ts';
import { ServerProcess } from './server-process.ts';
import { sendRequest, type Answer } from './server-request.ts';
import { waitUntil } from './wait-until.ts';
