# shellcheck shell=bash
# The install steps that the `hotline` script and the images share. Sourced after steps.sh.

# what to look for → the package that brings it (Debian 12 and 13, Ubuntu 24.04)
RUN_COMMANDS=(sipp:sip-tester espeak-ng:espeak-ng ffmpeg:ffmpeg setpriv:util-linux flock:util-linux)
TEST_COMMANDS=(shellcheck:shellcheck sox:sox ip:iproute2 git:git)

installing_allowed() { [[ ${HOTLINE_NO_INSTALL:-0} != 1 ]]; }

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

# May packages be installed? Asks for the sudo password once, before any step hides the terminal.
need_root() {
    ((EUID != 0)) || return 0
    command -v sudo >/dev/null || fail "these packages are missing and there is neither root nor sudo: $*" \
        "as root: apt-get install -y $*"
    sudo -n true 2>/dev/null || sudo -v || fail "sudo refused; these packages are missing: $*" \
        "as root: apt-get install -y $*"
}

has_asterisk() { # 20 or newer on the PATH
    local version
    version=$(asterisk -V 2>/dev/null | grep -oE '[0-9]+' | head -n 1) || return 1
    ((${version:-0} >= 20))
}

asterisk_candidate() {
    local version
    version=$(apt-cache policy asterisk 2>/dev/null | sed -nE 's/^ *Candidate: ([0-9]+:)?([0-9]+).*/\2/p')
    ((${version:-0} >= 20))
}

has_chromium() {
    local name
    for name in "${HOTLINE_CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return 0
    done
    return 1
}

chromium_package() {
    if grep -q '^ID=ubuntu' /etc/os-release; then echo chromium-browser; else echo chromium; fi
}

missing_packages() { # run|test → one package a line
    local pair
    for pair in "${RUN_COMMANDS[@]}"; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
    done
    has_asterisk || asterisk_candidate || command -v mmdebstrap >/dev/null || echo mmdebstrap
    usable_python >/dev/null || printf '%s\n' python3 python3-venv
    [[ -n $(find /usr/share/fonts "$HOME/.fonts" -iname '*NotoSerifCJK*' -print -quit 2>/dev/null) ]] || echo fonts-noto-cjk # printed forms, screenshots
    [[ $1 == test ]] || return 0
    for pair in "${TEST_COMMANDS[@]}"; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
    done
    has_chromium || chromium_package
    [[ -n $(find /usr/lib /lib -name 'libatomic.so.1*' -print -quit 2>/dev/null) ]] || echo libatomic1 # Playwright's node
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}

install_packages() { # run|test
    local missing
    read -r -d '' -a missing <<<"$(missing_packages "$1" | sort -u)" || true
    if ((${#missing[@]} > 0)); then
        command -v apt-get >/dev/null || fail "missing: ${missing[*]}; this is neither Debian nor Ubuntu" \
            "install the like of them with this system's package manager"
        installing_allowed || fail "missing packages (HOTLINE_NO_INSTALL=1, so nothing was installed): ${missing[*]}" \
            "sudo apt-get install -y --no-install-recommends ${missing[*]}"
        need_root "${missing[@]}"
        step "package lists" "the package registry" "apt-get update" as_root apt-get update
        step "packages: ${missing[*]}" "the package registry" "apt-get install -y ${missing[*]}" apt_install "${missing[@]}"
    fi
    [[ $1 != test ]] || install_prometheus
}

# Only the two programs, unpacked: the Debian package would start a service of its own on this machine.
install_prometheus() {
    if command -v promtool >/dev/null && command -v prometheus >/dev/null; then return; fi
    [[ ! -x $CACHE/tools/usr/bin/promtool ]] || return 0
    installing_allowed || fail "promtool and prometheus are missing (HOTLINE_NO_INSTALL=1)" "sudo apt-get install -y prometheus"
    if [[ -z $(find /var/lib/apt/lists -name '*Packages*' -print -quit 2>/dev/null) ]]; then
        need_root prometheus
        step "package lists" "the package registry" "apt-get update" as_root apt-get update
    fi
    step "prometheus" "the package registry" "apt-get install -y prometheus" unpack_prometheus
}

unpack_prometheus() (
    set -e
    rm -rf -- "$CACHE/tools.part"
    mkdir -p -- "$CACHE/tools.part/root"
    cd -- "$CACHE/tools.part" || exit
    apt-get download prometheus
    apt-get download promtool || true # a package of its own since Debian 13
    for package in *.deb; do dpkg -x "$package" root; done
    [[ -x root/usr/bin/prometheus && -x root/usr/bin/promtool ]]
    rm -rf -- "$CACHE/tools"
    mv -- root "$CACHE/tools"
    rm -rf -- "$CACHE/tools.part"
)

usable_python() { # prints the first Python that is new enough and can make a venv
    local name
    for name in "${HOTLINE_PYTHON:-python3}" python3 python3.13 python3.12 python3.11; do
        "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || continue
        command -v "$name"
        return 0
    done
    return 1
}

find_python() {
    local found
    found=$(python3 -V 2>&1) || found="no python3"
    PYTHON=$(usable_python) || fail "Python 3.11 or newer with the venv module is needed; here is $found" \
        "sudo apt-get install -y python3 python3-venv   # or: HOTLINE_PYTHON=/path/to/python3.11 ./hotline run"
}

prepare_cache() {
    mkdir -p -- "$1" 2>/dev/null || true
    [[ -d $1 && -w $1 ]] || fail "the cache folder $1 cannot be written" \
        "HOTLINE_CACHE=/a/folder/of/yours ./hotline run"
}

fill_venv() { # folder, lock
    rm -rf -- "$1"
    "$PYTHON" -m venv "$1"
    "$1/bin/python" -m pip install --disable-pip-version-check --no-input --only-binary :all: --no-binary srt --require-hashes -r "$2"
    touch -- "$1/.complete"
}

# A venv belongs to one Python and one lock file; the mark `.complete` is written last, so a half-made one is made anew.
make_venv() { # run|test, cache, lock
    local version hash
    version=$("$PYTHON" -c 'import platform; print(platform.python_version())')
    hash=$(sha256sum -- "$3" | cut -c1-12)
    VENV=$2/venv-$version-$hash
    [[ ! -e $VENV/.complete ]] || return 0
    installing_allowed || fail "the Python libraries are not installed (HOTLINE_NO_INSTALL=1)" \
        "./hotline $1   # without HOTLINE_NO_INSTALL"
    exec {VENV_LOCK}>"$2/.venv.lock"
    flock -n "$VENV_LOCK" || { echo "· waiting for another ./hotline that installs the libraries" && flock "$VENV_LOCK"; }
    [[ -e $VENV/.complete ]] ||
        step "Python libraries ($1)" "the Python package registry" "./hotline $1" fill_venv "$VENV" "$3"
    exec {VENV_LOCK}>&-
}
