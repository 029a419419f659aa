# Shared by the scripts of this folder; sourced, never run.
# What belongs here: words that two scripts need. What does not: steps of one script.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"

# What is worth keeping between clones: compiled tools, the bundler, CI's compiled dependencies.
CACHE="${ROLLCALL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rollcall}"
TOOLS="$CACHE/tools"
PATH="$TOOLS/bin:$PATH"
# Where cargo writes.
TARGET="${CARGO_TARGET_DIR:-$ROOT/target}"

# say TEXT: one line of progress on standard error.
say() { printf '\033[2m==\033[0m %s\n' "$*" >&2; }

# die TEXT: says what went wrong and stops.
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# have COMMAND: whether the command can be found.
have() { command -v "$1" >/dev/null 2>&1; }

# postgres_bin: the folder of a PostgreSQL of version 15 or later; the newest one wins.
postgres_bin() {
  local folder version best='' best_version=14
  for folder in /usr/lib/postgresql/*/bin "$(dirname "$(readlink -f "$(command -v postgres || echo /)")")"; do
    [[ -x $folder/postgres && -x $folder/initdb ]] || continue
    version="$("$folder/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')"
    if (( version > best_version )); then best=$folder best_version=$version; fi
  done
  [[ -n $best ]] || die 'PostgreSQL 15 or later is missing; script/bootstrap installs it'
  echo "$best"
}
