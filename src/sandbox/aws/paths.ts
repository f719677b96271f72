export type AwsServiceName = 'ec2' | 'sts';

/** The service at this path of the sandbox; clients put a slash behind it or not. */
export function awsServiceAt(path: string): AwsServiceName | undefined {
  const name = /^\/aws\/(ec2|sts)\/?$/.exec(path)?.[1];
  return name as AwsServiceName | undefined;
}
