/*
 * package-managers.ts FOLDER: writes a formula for Homebrew and a manifest for Scoop into a folder with the archives of a
 * release. A release runs it with Node.js alone, without any dependency.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };

const { version, description, license } = manifest;
const homepage = 'https://github.com/atlas-pe/atlas-pe';
const [folder = '.'] = process.argv.slice(2);

function archive(name: string, tag = version) {
  const file = `atlas-pe_${name}.tar.gz`;
  return { file, url: `${homepage}/releases/download/v${tag}/${file}` };
}

function sha256(name: string): string {
  return createHash('sha256')
    .update(readFileSync(join(folder, archive(name).file)))
    .digest('hex');
}

function onSystem(system: 'macos' | 'linux', name: string): string {
  const onProcessor = (processor: string, arch: string) => `    on_${processor} do
      url "${archive(`${name}_${arch}`).url}"
      sha256 "${sha256(`${name}_${arch}`)}"
    end`;
  return `  on_${system} do\n${onProcessor('arm', 'arm64')}\n${onProcessor('intel', 'amd64')}\n  end`;
}

const formula = `class AtlasPe < Formula
  desc "MongoDB Atlas private endpoints from the terminal and from scripts"
  homepage "${homepage}"
  version "${version}"
  license "${license}"

${onSystem('macos', 'darwin')}
${onSystem('linux', 'linux')}

  def install
    bin.install "atlas-pe"
    (man1/"atlas-pe.1").write Utils.safe_popen_read(bin/"atlas-pe", "help", "--man")
    generate_completions_from_executable(bin/"atlas-pe", "completion")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/atlas-pe --version")
    assert_match "us-east-1", shell_output("#{bin}/atlas-pe create us-east-1 --sandbox --wait")
  end
end
`;

const windows = 'windows_amd64';
const scoop = {
  version,
  description,
  homepage,
  license,
  architecture: { '64bit': { url: archive(windows).url, hash: sha256(windows) } },
  bin: 'atlas-pe.exe',
  checkver: 'github',
  autoupdate: { architecture: { '64bit': { url: archive(windows, '$version').url } } },
};

writeFileSync(join(folder, 'atlas-pe.rb'), formula);
writeFileSync(join(folder, 'atlas-pe.json'), `${JSON.stringify(scoop, null, 2)}\n`);
