/** `auth inactive`. */
import { setAuthorizationStatus } from '../authorization-status.js';

export const command = setAuthorizationStatus('inactive', 'sluice auth inactive --id 0a1b2c3d4e5f6071');
