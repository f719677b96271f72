# Starts `sandbox serve` with these options and points atlas-pe at it; to be sourced. It ends with the shell.
serve() {
  coproc SANDBOX { exec atlas-pe sandbox serve --output jsonl "$@"; }
  trap 'kill "$SANDBOX_PID" 2> /dev/null; wait "$SANDBOX_PID" 2> /dev/null || true' EXIT
  local line
  IFS= read -r line <&"${SANDBOX[0]}"
  ATLAS_PE_BASE_URL=$(jq -r .baseUrl <<< "$line")
  ATLAS_PE_PUBLIC_KEY=$(jq -r .publicKey <<< "$line")
  ATLAS_PE_PRIVATE_KEY=$(jq -r .privateKey <<< "$line")
  ATLAS_PE_PROJECT=$(jq -r '.projectIds[0]' <<< "$line")
  export ATLAS_PE_BASE_URL ATLAS_PE_PUBLIC_KEY ATLAS_PE_PRIVATE_KEY ATLAS_PE_PROJECT
}

# Ends the script unless the two are the same.
same() {
  [ "$1" = "$2" ] && return
  printf 'expected %s, got %s\n' "$2" "$1" >&2
  exit 1
}
