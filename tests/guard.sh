# shellcheck shell=bash
# However a run ends, nothing that it started runs on: sourced by ./quickstart and tests/check. What
# they start carries a mark in its environment; when they are gone without having cleaned up (kill
# -9), a guard ends what carries it. Clusters have a guard of their own (tests/hosts).

run_mark=
run_guard=

# Processes with the mark. Those of a cluster are left to the cluster's guard, which knows the order.
marked_by_run() {  # marked_by_run <mark>
  local file
  local -a files
  # Without the mark, or grep would find itself.
  mapfile -t files < <(STOWAGE_RUN='' grep -lzxF "STOWAGE_RUN=$1" /proc/[0-9]*/environ 2>/dev/null)
  ((${#files[@]})) || return 0
  while read -r file; do
    file=${file#/proc/}
    echo "${file%/environ}"
  done < <(STOWAGE_RUN='' grep -Lz '^STOWAGE_HOSTS_ID=' "${files[@]}" 2>/dev/null)
}

# Asks first: a build tool ends its compilers, and they remove their temporary files.
end_marked() {  # end_marked <mark>
  local signal pid tries=100
  local -a pids
  for signal in TERM KILL; do
    while ((tries-- > 0)); do
      mapfile -t pids < <(marked_by_run "$1")
      ((${#pids[@]})) || return 0
      for pid in "${pids[@]}"; do kill "-$signal" "$pid" 2>/dev/null || true; done
      sleep 0.1
    done
    tries=50
  done
}

# Not before packages are installed: a package manager that is killed leaves the machine half done.
begin_run() {
  run_mark=$$-$(od -An -N4 -tx4 /dev/urandom | tr -d ' ')
  setsid bash tests/guard.sh "$$" "$run_mark" >/dev/null 2>&1 </dev/null &
  run_guard=$!
  export STOWAGE_RUN=$run_mark
}

end_run() {
  [[ -n $run_mark ]] || return 0
  end_marked "$run_mark"
  kill "$run_guard" 2>/dev/null || true
  run_mark=
}

# The guard itself: this file run as a program.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  set -euo pipefail
  tail --pid="$1" -s 0.3 -f /dev/null &
  watching=$!
  # shellcheck disable=SC2064  # the number of now
  trap "kill $watching 2>/dev/null; exit 0" TERM
  wait "$watching"
  trap - TERM
  end_marked "$2"
fi
