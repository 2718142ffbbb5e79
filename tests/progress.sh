# shellcheck shell=bash
# How long steps show that they are alive: sourced by ./quickstart and tests/check. On a terminal
# one line is rewritten each second; elsewhere a line is added every 15 seconds.

progress_pid=

# For traps: a command in the background does not hear Ctrl-C by itself.
end_progress() {
  if [[ -n $progress_pid ]]; then kill "$progress_pid" 2>/dev/null || true; fi
}

say() {
  printf '%s\n' "$*"
}

# with_progress <what> <log> <command…>: runs the command with its output in the log and shows the
# log's last line meanwhile; on failure the log's end. The command's exit code is the answer.
with_progress() {
  local what=$1 log=$2 began=$SECONDS pid code=0 step=15 last
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  progress_pid=$pid
  if [[ -t 1 ]]; then step=1; fi
  local next=$((SECONDS + step))
  while kill -0 "$pid" 2>/dev/null; do
    if ((SECONDS >= next)); then
      next=$((SECONDS + step))
      last=$(tail -c 400 "$log" | tr '\r' '\n' | tail -n 1 | cut -c -70)
      if [[ -t 1 ]]; then
        printf '\r\033[K%s… %d s  %s' "$what" $((SECONDS - began)) "$last"
      else
        say "$what… $((SECONDS - began)) s  $last"
      fi
    fi
    sleep 0.1
  done
  wait "$pid" || code=$?
  progress_pid=
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
  if ((code == 0)); then
    say "$what: done in $((SECONDS - began)) s"
  else
    say "$what: failed after $((SECONDS - began)) s; the end of $log:"
    tail -n 40 "$log"
  fi
  return "$code"
}
