export function isLoopback(url: string) {
  const hostname = URL.canParse(url) ? new URL(url).hostname : '';
  return hostname === 'localhost' || hostname === '[::1]' || isLoopbackAddress(hostname);
}

export function isLoopbackAddress(address: string) {
  return /^127(?:\.\d{1,3}){3}$/.test(address);
}
