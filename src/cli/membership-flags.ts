/** How the commands about members name an organization. */
import { text } from './flags.js';

export const membershipFlags = {
  name: text('name of the organization', { short: 'n', variable: 'INFLUX_ORG', value: 'name' }),
  id: text('id of the organization', { short: 'i', variable: 'INFLUX_ORG_ID', value: 'id' }),
};

/** The id beats the name. */
export const organizationValues = ({ name, id }: { readonly name: string | undefined; readonly id: string | undefined }) => ({
  org: name,
  'org-id': id,
});
