/** `v1 auth set-inactive`. */
import { setV1Status } from '../v1-status.js';

export const command = setV1Status('inactive', 'sluice v1 auth set-inactive --username old');
