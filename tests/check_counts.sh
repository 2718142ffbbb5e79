# shellcheck shell=bash disable=SC2154  # logs is set by tests/check
# Counts test cases, not programs: reads the closing lines of doctest and of Python's unittest.

passed=0
failed=0
skipped=0
failures=()

count_check() {  # count_check <name> <exit code>: a check that is one case
  if (($2 == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    failures+=("$1")
  fi
}

# counts <log> <exit code>: "passed failed skipped" of one program. A program that ends badly after
# counting no failure (a sanitizer's report, a signal, a time-out) has failed once.
counts() {
  sed -E 's/^[0-9]+: //' "$1" | awk -v code="$2" '
    /^\[doctest\] test cases:/ {
      gsub(/[^0-9 ]/, " "); passed += $2; failed += $3; skipped += $4; seen = 1
    }
    /^Ran [0-9]+ tests? in/ { ran += $2; seen = 1 }
    /^(OK|FAILED)( \(|$)/ {
      line = $0
      while (match(line, /(failures|errors|skipped|unexpected successes)=[0-9]+/)) {
        split(substr(line, RSTART, RLENGTH), part, "=")
        if (part[1] == "skipped") { python_skipped += part[2] } else { python_failed += part[2] }
        line = substr(line, RSTART + RLENGTH)
      }
    }
    /\*\*\*Skipped/ { if (!seen) { skipped += 1; seen = 1 } }
    END {
      python_passed = ran - python_failed - python_skipped
      if (python_passed < 0) python_passed = 0
      passed += python_passed; failed += python_failed; skipped += python_skipped
      if (!seen && code == 0) passed += 1
      if (code != 0 && failed == 0) failed += 1
      print passed + 0, failed + 0, skipped + 0
    }'
}

count_log() {  # count_log <name>: what `--one` left in the logs
  local code=1 p f s rest=
  if [[ -e $logs/$1.code ]]; then code=$(<"$logs/$1.code"); fi
  read -r p f s < <(counts "$logs/$1.log" "$code")
  passed=$((passed + p))
  failed=$((failed + f))
  skipped=$((skipped + s))
  if ((f)); then
    failures+=("$1")
    say "$1: $p passed, $f FAILED, $s skipped; from $logs/$1.log:"
    grep -E -A6 'ERROR|FAIL|error:|Sanitizer|Traceback|Timeout' "$logs/$1.log" | head -n 60 || true
  else
    if ((s)); then rest=", $s skipped"; fi
    say "$1: $p passed$rest"
  fi
}

finish() {
  if ((${#failures[@]})); then say "failed: ${failures[*]}"; fi
  say "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
  say "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0)) || exit 1
  exit 0
}
