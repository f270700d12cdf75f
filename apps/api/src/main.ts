import 'reflect-metadata';
import { API_ENV, readEnvironmentOrExit } from '@drm/config';
import { createApi } from './bootstrap.ts';

const settings = readEnvironmentOrExit(API_ENV);
const app = await createApi(settings);
await app.listen(settings.PORT, settings.DRM_BIND);
