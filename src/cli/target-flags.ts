/** How the commands about points name a bucket. */
import { text } from './flags.js';

export const bucketFlags = {
  bucket: text('name of the bucket', { short: 'b', variable: 'INFLUX_BUCKET_NAME', value: 'name' }),
  'bucket-id': text('id of the bucket', { variable: 'INFLUX_BUCKET_ID', value: 'id' }),
};

/** The id beats the name. @throws Error without either */
export function bucketOf({
  bucket,
  'bucket-id': bucketID,
}: {
  readonly bucket: string | undefined;
  readonly 'bucket-id': string | undefined;
}): {
  bucket?: string | undefined;
  bucketID?: string | undefined;
} {
  if (bucket === undefined && bucketID === undefined) throw new Error('must specify bucket ID or bucket name');
  return bucketID === undefined ? { bucket } : { bucketID };
}
