export type AwsServiceName = 'ec2' | 'sts';

/** The service at this path of the sandbox. Some clients add a slash. */
export function awsServiceAt(path: string): AwsServiceName | undefined {
  const name = /^\/aws\/(ec2|sts)\/?$/.exec(path)?.[1];
  return name as AwsServiceName | undefined;
}
