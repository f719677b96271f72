import { parseName } from '../../base/words.js';
import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import type { completion } from '../tree.js';

/* Libraries' scripts evaluate what the user typed (`eval`, `compgen -W`), so TAB would run `$(…)`. Ours pass words unchanged. */

/** Also works with bash 3.2, the version on macOS, which has no `compopt` and can't `source <(…)`. */
const bash = `# bash completion for atlas-pe

_atlas_pe() {
  # The words as far as the cursor, without their quotes. Nothing in them is evaluated.
  local line=\${COMP_LINE:0:COMP_POINT} words=() word= started= quote= escape= char i
  for ((i = 0; i < \${#line}; i++)); do
    char=\${line:i:1}
    if [[ -n $escape ]]; then
      word+=$char escape=
    elif [[ $char == \\\\ && $quote != "'" ]]; then
      escape=1 started=1
    elif [[ -n $quote ]]; then
      if [[ $char == "$quote" ]]; then quote=; else word+=$char; fi
    elif [[ $char == [\\"\\'] ]]; then
      quote=$char started=1
    elif [[ $char == [[:space:]] ]]; then
      if [[ -n $started ]]; then words+=("$word"); fi
      word= started=
    else
      word+=$char started=1
    fi
  done

  # What bash replaces begins after the last of the characters that break a word for it, unless there is a quote before it.
  local head=
  if [[ -z $quote ]]; then head=\${word%"\${word##*[\${COMP_WORDBREAKS-}]}"}; fi

  local value note path
  COMPREPLY=()
  while IFS=$'\\t' read -r value note; do
    if [[ $value == :0 ]]; then
      compopt -o filenames 2> /dev/null
      path=\${word#--*=}
      while IFS= read -r value; do
        value=\${word%"$path"}$value
        COMPREPLY+=("\${value#"$head"}")
      done <<< "$(compgen -f -- "$path")"
    elif [[ $value != :* && -n $value ]]; then
      COMPREPLY+=("\${value#"$head"}")
    fi
  done <<< "$(command atlas-pe complete -- "\${words[@]:1}" "$word" 2> /dev/null < /dev/null)"
}

complete -F _atlas_pe atlas-pe
`;

const zsh = `#compdef atlas-pe
# zsh completion for atlas-pe

_atlas-pe() {
  local line value note
  local -a typed found
  # (Q) takes quotes off, and evaluates nothing.
  typed=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  for line in "\${(@f)$(command atlas-pe complete -- "\${typed[@]}" 2> /dev/null < /dev/null)}"; do
    if [[ $line == :0 ]]; then
      compset -P '--*='
      _files
      return
    fi
    value=\${line%%$'\\t'*}
    note=\${line#*$'\\t'}
    if [[ -z $value || $value == :* ]]; then continue; fi
    # _describe has a colon between the two.
    value=\${value//:/\\\\:}
    if [[ $line == *$'\\t'* ]]; then found+=("$value:$note"); else found+=("$value"); fi
  done
  (( $#found )) && _describe -t values value found
}

# Read by the completion system, as _atlas-pe in a folder of $fpath, or else by a start-up file, which may not have set
# that up.
if [[ \${funcstack[@]:0:1} == _atlas-pe ]]; then
  _atlas-pe "$@"
else
  if ! whence compdef > /dev/null; then autoload -Uz compinit; compinit -i; fi
  compdef _atlas-pe atlas-pe
fi
`;

const fish = `# fish completion for atlas-pe

function __atlas_pe_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    # Without its quotes, where they are whole.
    set -l word (string unescape -- "$current" 2> /dev/null; or string replace -r '^["\\']' '' -- "$current")
    for line in (command atlas-pe complete -- $typed[2..-1] "$word" 2> /dev/null < /dev/null)
        if test "$line" = :0
            set -l head (string match -r -- '^--[^=]*=' "$word")
            string join \\n -- "$head"(__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$word"))
        else if not string match -q ':*' -- $line
            echo $line
        end
    end
end

complete -c atlas-pe -e
complete -c atlas-pe -f -a '(__atlas_pe_complete)'
`;

const powershell = `# PowerShell completion for atlas-pe

Register-ArgumentCompleter -Native -CommandName 'atlas-pe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # The words before the cursor, without their quotes. Nothing in them is evaluated.
    $words = @(
        $commandAst.CommandElements | Select-Object -Skip 1 |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value }
                else { $_.Extent.Text }
            }
    )
    $word = $wordToComplete.Trim([char]34, [char]39)
    # An empty word is dropped before PowerShell 7.3, so it is two quotes.
    if ($word -eq '') { $word = '""' }
    $lines = @(& atlas-pe complete '--' @words $word 2> $null)
    # Nothing at all has PowerShell complete the names of files.
    if ($lines -contains ':0') { return }
    $found = @($lines | Where-Object { $_ -and -not $_.StartsWith(':') })
    if ($found.Count -eq 0) { return '' }
    foreach ($line in $found) {
        $value, $note = $line -split "\`t", 2
        if (-not $note) { $note = $value }
        # A comma makes a list, and an at sign spreads one.
        $text = if ($value -match '[,@]') { "'$value'" } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $note)
    }
}
`;

const scripts = {
  bash: { script: bash, file: '~/.bashrc', line: 'eval "$(atlas-pe completion bash)"' },
  zsh: { script: zsh, file: '~/.zshrc', line: 'eval "$(atlas-pe completion zsh)"' },
  fish: { script: fish, file: '~/.config/fish/config.fish', line: 'atlas-pe completion fish | source' },
  powershell: {
    script: powershell,
    file: '$PROFILE',
    line: 'atlas-pe completion powershell | Out-String | Invoke-Expression',
  },
};

export async function run({ io }: Context, options: OptionsOf<typeof completion>) {
  const shell = parseName('shell', options.shell, Object.keys(scripts) as (keyof typeof scripts)[]);
  const { script, file, line } = scripts[shell];
  const text = () => script;
  await io.print({ single: true, rows: [{ shell, script }], id: 'shell', own: { table: text, tsv: text, id: text } });
  if (io.isOnScreen) io.hint(`Add this line to ${file}: ${line}`);
}
