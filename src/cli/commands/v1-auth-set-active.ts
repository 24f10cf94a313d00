/** `v1 auth set-active`. */
import { setV1Status } from '../v1-status.js';

export const command = setV1Status('active', 'sluice v1 auth set-active --username old');
