/** `auth active`. */
import { setAuthorizationStatus } from '../authorization-status.js';

export const command = setAuthorizationStatus('active', 'sluice auth active --id 0a1b2c3d4e5f6071');
