# shellcheck shell=bash
# How each step of an installation is shown, and how a failed one is explained. Sourced, never run.

STEP_CHILD=
STEP_LOG=

# fail CAUSE REMEDY: every stop names what is missing and the one command that mends it.
fail() {
    printf '\n✗ %s\n  Remedy / 处理办法: %s\n' "$1" "$2" >&2
    exit 1
}

_interrupted() {
    [[ -z $STEP_CHILD ]] || kill -TERM -- "-$STEP_CHILD" 2>/dev/null || true
    rm -f -- "$STEP_LOG"
    printf '\n✗ interrupted / 已中断\n' >&2
    exit 130
}

_last_line() { tail -n 1 -- "$1" 2>/dev/null | tr -d '\r' | cut -c1-60; }

_show_until_done() { # name, waiting for, log, start
    local glyphs=-+ turn=0
    while kill -0 "$STEP_CHILD" 2>/dev/null; do
        printf '\r\033[K%s %s  %ds  %s  %s' "${glyphs:turn++%2:1}" "$1" "$((SECONDS - $4))" "$2" "$(_last_line "$3")"
        sleep 0.2
    done
    printf '\r\033[K'
}

# step NAME WAITING_FOR REMEDY COMMAND...: runs the command with its name, its time and what it waits for on screen.
step() {
    local name=$1 waiting=$2 remedy=$3 start=$SECONDS log status=0
    shift 3
    log=$(mktemp "${TMPDIR:-/tmp}/hotline-step.XXXXXX") ||
        fail "cannot write to ${TMPDIR:-/tmp} (full or read-only)" "df -h ${TMPDIR:-/tmp}"
    STEP_LOG=$log
    trap _interrupted INT TERM
    set -m # a process group of its own, so that an interruption reaches all of it
    "$@" >"$log" 2>&1 </dev/null &
    STEP_CHILD=$!
    set +m
    if [[ -t 1 ]]; then
        _show_until_done "$name" "$waiting" "$log" "$start"
    else
        printf '· %s (waiting for %s)\n' "$name" "$waiting"
    fi
    wait "$STEP_CHILD" || status=$?
    STEP_CHILD=
    trap - INT TERM
    if ((status != 0)); then
        tail -n 15 -- "$log" | sed 's/^/    /' >&2
        explain "$name" "$log" "$remedy"
    fi
    rm -f -- "$log"
    printf '✓ %s  %ds\n' "$name" "$((SECONDS - start))"
}

# explain NAME LOG REMEDY: turns the usual causes into plain words.
explain() {
    local name=$1 text remedy=$3
    text=$(cat -- "$2")
    rm -f -- "$2"
    case $text in
        *"No space left on device"* | *"not enough free space"*)
            fail "$name: the disk is full" "df -h \"$CACHE\" /var /tmp   # free some space, then start again"
            ;;
        *"emporary failure in name resolution"* | *"emporary failure resolving"* | *"ould not resolve"* | \
            *"etwork is unreachable"* | *"Failed to establish a new connection"* | *"onnection timed out"* | *"onnection refused"*)
            fail "$name: no network, or the package registry cannot be reached" \
                "connect this machine (or set http_proxy/https_proxy), then: $remedy"
            ;;
        *"ould not get lock"* | *"nable to lock"*)
            fail "$name: another package installation is running" "wait until it has ended, then: $remedy"
            ;;
        *"DO NOT MATCH THE HASHES"* | *"THESE PACKAGES DO NOT MATCH"*)
            fail "$name: a downloaded package is not the one that the lock file names" \
                "look at what your package mirror serves, then: $remedy"
            ;;
        *"ermission denied"* | *"are you root"*)
            fail "$name: no right to do this" "sudo $remedy"
            ;;
    esac
    fail "$name failed (its last lines stand above)" "$remedy"
}
